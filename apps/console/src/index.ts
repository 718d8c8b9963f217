// The console: read models, API and page.
export { consoleTransport } from './console-transport.js';
export { ConsoleModule } from './console.module.js';
export { consoleSettings, type ConsoleSettings, OpenConsoleError } from './settings.js';
