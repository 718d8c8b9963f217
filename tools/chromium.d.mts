import { type Browser } from 'playwright-core';

export function whyNoChromium(): string | null;
export function launchChromium(): Promise<Browser>;
