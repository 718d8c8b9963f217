// Nothing is exported: this app is started, not imported.
export {};
