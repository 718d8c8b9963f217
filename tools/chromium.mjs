// The browser that pages are tested in.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PATHS.find((path) => existsSync(path));

/** Why there is none, or null. */
export const whyNoChromium = () => (executablePath ? null : `there is no Chromium at ${PATHS[0]}`);

/**
 * Starts it, without anything that would ask the network.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchChromium() {
  if (!executablePath) throw new Error(`Pages are tested in Chromium: install it at ${PATHS[0]}.`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
