import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { beginReplay, goLive, saveReplayProgress } from '@holdfast/postgres';
import { DAY } from '@holdfast/schemas';
import { type Browser, type Page } from 'playwright-core';

// eslint-disable-next-line @nx/enforce-module-boundaries -- tools belong to no project
import { launchChromium, whyNoChromium } from '../../../tools/chromium.mjs';
import { startConsole, startGround } from './running-console.fixture.js';
import { seedShop } from './seeded-shop.fixture.js';

const HOSTILE = [
  `<img src=x onerror="document.title='pwned'">`,
  `"><script>document.title='pwned'</script>`,
  `javascript:alert(1)`,
  `../../api?x#y%2F`,
];
const NOW = Date.now();

const noBrowser = process.env['CI'] === 'true' ? null : whyNoChromium();
const withBrowser = noBrowser ? describe.skip : describe;
if (noBrowser) process.stderr.write(`\nSKIPPED: the page of the console was not tested, because ${noBrowser}.\n\n`);

withBrowser('the page', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  let console: Awaited<ReturnType<typeof startConsole>>;
  let browser: Browser;
  let faults: string[] = [];

  beforeAll(async () => {
    ground = await startGround();
    console = await startConsole(ground.database, { SCORING_MODELS_DIR: ground.models });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await console?.stop();
    await ground?.stop();
  });
  afterEach(() => {
    expect(faults).toEqual([]);
    faults = [];
  });

  async function open(path = '/', width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => request.url().startsWith(console.url) || faults.push(`asked ${request.url()}`));
    await page.goto(console.url + path);
    return page;
  }
  const isWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth');

  it('shows a new shop how to send its first event', async () => {
    const page = await open();
    await page.getByText('No customer has been seen yet.').waitFor();
    expect(await page.locator('pre').innerText()).toContain(`curl ${console.url}/v1/track`);
    await page.close();
  });

  it('says in plain words who is about to leave, why, what was done and whether it helped', async () => {
    await beginReplay(ground.database, { name: 'a-shop', hash: 'x', weekShiftMs: 0 });
    await saveReplayProgress(ground.database, 0, {
      acknowledged: 1234,
      counts: { read: 1, accepted: 1, rejected: {} },
      lastTick: NOW - DAY,
    });
    const page = await open();
    await page.getByText('The replay is starting.').waitFor();
    await seedShop(ground.database, {
      customers: 120,
      now: NOW,
      origin: 'replay',
      model: ground.release,
      names: HOSTILE,
    });
    console.changed();
    await page
      .getByRole('heading', {
        level: 1,
        name: /^\d+ customers are about to leave now, \d+ of them because they fell silent\.$/,
      })
      .waitFor();
    const text = await page.locator('body').innerText();
    for (const words of ['Nobody was contacted; the expected effect is zero.', '1,234 lines', 'Replaying', 'About to leave', 'Fell silent', 'by silence alone',
      'Left alone', 'Win back with a coupon', 'simulated: never sent', '10 % off your next order', 'Did it help?', 'nothing for']) expect(text).toContain(words); // prettier-ignore
    expect(await page.locator('.chart canvas').count()).toBe(1);
    await goLive(ground.database);
    console.changed();
    await page.locator('#status', { hasText: 'Live' }).waitFor();
    await page.locator('summary').first().click();
    await page.getByText('Hello,').first().waitFor();
    await page.close();
  });

  it('lists customers by tier, finds them by name, and shows one with a curve and reasons', async () => {
    const page = await open();
    await page.getByRole('link', { name: /^About to leave/ }).click();
    await page.locator('tbody tr').first().waitFor();
    expect(new Set(await page.locator('tbody .badge').allInnerTexts())).toEqual(new Set(['About to leave']));
    await page.getByRole('link', { name: 'Drifting' }).click();
    await page.locator('tbody .badge.medium').first().waitFor();
    const name = await page.locator('tbody th a').first().innerText();
    await page.getByRole('searchbox').fill(name);
    await expect(page.waitForURL(new RegExp(`q=${name}`))).resolves.toBeUndefined();
    await page.locator('tbody th a', { hasText: name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.locator('.chart canvas').waitFor();
    const text = await page.locator('main').innerText();
    for (const words of ['Drifting since', 'If nothing happens: about to leave on', 'Risk now', 'The silence since', 'raises the risk', 'Now drifting', 'Ordered for £'])
      expect(text).toContain(words); // prettier-ignore
    await page.close();
  });

  it('shows hostile names as text and leads to the right customer', async () => {
    for (const name of HOSTILE) {
      const page = await open(`/#/customers?q=${encodeURIComponent(name)}`);
      await page.locator('tbody th a').click();
      await page.getByRole('heading', { level: 1 }).filter({ hasText: name }).waitFor();
      expect(await page.title()).toBe(`${name} · Holdfast`);
      expect(await page.locator('img[src="x"], main script').count()).toBe(0);
      await page.close();
    }
  });

  it('fits a telephone, and can be used by keyboard alone', async () => {
    for (const path of ['/', '/#/customers?tier=high', `/#/customers/${encodeURIComponent(HOSTILE[0]!)}`]) {
      const page = await open(path, 390);
      await page.locator('.tier, tbody tr, .facts').first().waitFor();
      expect([path, await isWide(page)]).toEqual([path, false]);
      await page.close();
    }
    const page = await open();
    await page.locator('.tier').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('tbody tr').first().waitFor();
    await page.close();
  });

  it('says when the connection is lost, and when it is back', async () => {
    const page = await open();
    await page.locator('.tier').first().waitFor();
    const port = new URL(console.url).port;
    await console.stop();
    await page.getByText('The connection is lost.').waitFor();
    faults = []; // the browser reports the refused connection
    console = await startConsole(ground.database, { SCORING_MODELS_DIR: ground.models }, { port: Number(port) });
    await page.locator('#status', { hasText: 'Live' }).waitFor();
    faults = [];
    await page.close();
  });
});
