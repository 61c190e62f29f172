import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { createDeskgraphClient, DeskgraphClient } from '../src/index.js';
import { serveModules } from './rig/module-server.js';
import { ProtocolServer, said } from './rig/protocol-server.js';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.CHROMIUM_PATH ?? candidates.find(existsSync);
const skip = executablePath === undefined ? 'no Chromium on this machine (set CHROMIUM_PATH)' : false;

/** What the page has for the test. */
declare const desk: {
  readonly createDeskgraphClient: typeof createDeskgraphClient;
  client: DeskgraphClient;
  readonly texts: string[];
  begun: number;
};

describe('the client in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  let modules: Awaited<ReturnType<typeof serveModules>>;
  before(async () => {
    if (executablePath === undefined) return;
    modules = await serveModules();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  after(async () => {
    await browser?.close();
    await modules?.[Symbol.asyncDispose]();
  });

  /** A page that has subscribed; the wait for its second attempt is longer than any test. */
  const open = async (server: ProtocolServer): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(modules.url);
    await page.waitForFunction(() => 'desk' in globalThis);
    await page.evaluate(
      ([url = '', query = '']) => {
        const retry = { firstMs: 1e9, longestMs: 1e9 };
        desk.client = desk.createDeskgraphClient({ url, retry });
        desk.client.subscribe<{ said: string }>(
          { query },
          {
            begin: () => {
              desk.begun++;
            },
            next: ({ data }) => desk.texts.push(data?.said ?? ''),
          },
        );
      },
      [server.url, said],
    );
    await page.waitForFunction(() => desk.begun === 1);
    return page;
  };

  const heard = (page: Page, texts: string[]) =>
    page.waitForFunction((wanted) => desk.texts.join() === wanted, texts.join());

  const isOffline = (page: Page) => page.waitForFunction(() => desk.client.connection.kind === 'offline');

  it('needs nothing that only Node has', { skip }, async () => {
    await using server = await ProtocolServer.start();
    const page = await open(server);
    await server.say('1');
    await heard(page, ['1']);
    await page.evaluate(() => desk.client.dispose());
    await page.close();
  });

  it('comes back as soon as the network does, and has missed nothing', { skip }, async () => {
    await using server = await ProtocolServer.start();
    const page = await open(server);
    await page.context().setOffline(true);
    server.cut();
    await server.say('while it was away');
    await isOffline(page);
    await page.context().setOffline(false);
    await heard(page, ['while it was away']);
    assert.equal(await page.evaluate(() => desk.begun), 1);
    await page.close();
  });

  it('gives up a connection that the network has changed under', { skip }, async () => {
    await using server = await ProtocolServer.start();
    const page = await open(server);
    server.freeze();
    await server.say('into the void');
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await isOffline(page);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await heard(page, ['into the void']);
    await page.close();
  });

  it('tries at once when somebody looks at the page again', { skip }, async () => {
    await using server = await ProtocolServer.start();
    const page = await open(server);
    server.cut();
    await server.say('unseen');
    await isOffline(page);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await heard(page, ['unseen']);
    await page.close();
  });
});
