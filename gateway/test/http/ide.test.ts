import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Rig, startRig } from './rig/start-rig.js';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.CHROMIUM_PATH ?? candidates.find(existsSync);
const skip = executablePath === undefined ? 'no Chromium on this machine (set CHROMIUM_PATH)' : false;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const defaultQuery = /* GraphQL */ `query Who {
  me
  hello(name: "</script>")
}

subscription Numbers {
  count(to: 3)
}
`;

describe('the IDE in a browser without internet', () => {
  let rig: Rig;
  let browser: Browser;
  before(async () => {
    if (executablePath === undefined) return;
    rig = await startRig({
      ide: {
        defaultQuery,
        defaultHeaders: async () => ({
          authorization: `Bearer ${await rig.authenticator.issueDemoToken('agent-mia')}`,
        }),
      },
    });
    browser = await chromium.launch({ executablePath, args: flags });
  });
  after(async () => {
    await browser?.close();
    await rig?.[Symbol.asyncDispose]();
  });

  interface Opened {
    readonly page: Page;
    /** Requests to anywhere else, errors and policy violations; all would be faults. */
    readonly faults: string[];
  }

  const open = async (): Promise<Opened> => {
    const context = await browser.newContext();
    const faults: string[] = [];
    await context.route('**/*', async (route) => {
      const url = route.request().url();
      if (url.startsWith(rig.url) || url.startsWith('data:')) return route.continue();
      faults.push(`request to ${url}`);
      return route.abort();
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`);
    });
    page.on('websocket', (socket) => {
      if (!socket.url().startsWith(rig.url.replace('http', 'ws')))
        faults.push(`WebSocket to ${socket.url()}`);
    });
    await page.goto(rig.url);
    await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
    return { page, faults };
  };

  const run = async (page: Page, operation: string) => {
    await page.locator('.graphiql-execute-button').click();
    await page.getByRole('menuitem', { name: operation }).click();
  };

  const shows = (page: Page, text: string) =>
    page.locator('.graphiql-response .CodeMirror').filter({ hasText: text }).waitFor();

  it('runs a query with the token of the headers tab, and nothing is fetched from elsewhere', {
    skip,
  }, async () => {
    const { page, faults } = await open();
    await run(page, 'Who');
    await shows(page, '"me": "agent-mia"');
    await shows(page, 'Hello, </script>!');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('runs a subscription over WebSocket, to its last result', { skip }, async () => {
    const { page, faults } = await open();
    await run(page, 'Numbers');
    await shows(page, '"count": 3');
    assert.equal(await rig.metric('deskgraph_subscription_messages_total{transport="websocket"}'), 3);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('still has the token after the page was loaded again', { skip }, async () => {
    const { page, faults } = await open();
    await run(page, 'Who');
    await shows(page, '"me": "agent-mia"');
    await page.reload();
    await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
    await run(page, 'Who');
    await shows(page, '"me": "agent-mia"');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('shows the schema', { skip }, async () => {
    const { page, faults } = await open();
    await page.getByLabel('Show Documentation Explorer').click();
    await page.locator('.graphiql-doc-explorer').getByText('Mutation', { exact: true }).waitFor();
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

describe('the IDE page', () => {
  it('comes with headers that let nothing else in, and cannot be framed', async () => {
    await using rig = await startRig();
    const response = await fetch(rig.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.doesNotMatch(await response.text(), /https?:\/\//);
  });

  it('is not fetched twice when nothing has changed', async () => {
    await using rig = await startRig();
    const first = await fetch(`${rig.url}/ide/page.js`);
    const etag = first.headers.get('etag') as string;
    assert.match(await first.text(), /GraphiQL/);
    const second = await fetch(`${rig.url}/ide/page.js`, { headers: { 'if-none-match': etag } });
    assert.equal(second.status, 304);
  });

  it('serves its own files and no others', async () => {
    await using rig = await startRig();
    for (const path of ['/ide/', '/ide/nothing.js', '/ide/..%2f..%2fpackage.json', '/ide/../package.json']) {
      const response = await fetch(`${rig.url}${path}`);
      assert.equal(response.status, 404);
      await response.body?.cancel();
    }
  });
});
