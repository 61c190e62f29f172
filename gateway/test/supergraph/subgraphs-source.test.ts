import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { openSubgraphsFile } from '../../src/supergraph/sources/subgraphs-source.js';
import { RecordingLog } from './recording-log.js';
import { Loads, temporaryFolder } from './source-readers.js';
import { sdlAnswer, startSubgraph } from './subgraph-server.js';

const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const accounts = (field: string) =>
  `${federation} type Query { me: User } type User @key(fields: "id") { id: ID! ${field}: String }`;
const orders = 'type Query { orders: Int }';

async function open(test: TestContext, file: string) {
  const log = new RecordingLog();
  const source = await openSubgraphsFile(file, { log, pollMs: 20, filePollMs: 20, patienceMs: 5000 });
  test.after(() => source[Symbol.asyncDispose]());
  const loads = new Loads();
  return { source, loads, log, follow: () => source.follow(loads.load) };
}

async function failure(file: string, patienceMs = 0) {
  try {
    await openSubgraphsFile(file, { log: new RecordingLog(), patienceMs });
  } catch (error) {
    assert.ok(isDeskgraphError(error), String(error));
    return error;
  }
  throw new Error('it opened');
}

describe('a list of subgraphs', () => {
  it('composes SDL files and subgraphs that are asked, Federation 1 beside 2', async (test) => {
    const folder = await temporaryFolder(test);
    const remote = await startSubgraph(test, sdlAnswer(orders));
    await mkdir(join(folder, 'sdl'));
    await writeFile(join(folder, 'sdl/accounts.graphql'), accounts('name'));
    const file = join(folder, 'subgraphs.yaml');
    await writeFile(
      file,
      `subgraphs:
  - name: accounts
    url: http://127.0.0.1:1/graphql
    schema: sdl/accounts.graphql
  - { name: orders, url: "${remote.url}" }
`,
    );
    const { source } = await open(test, file);
    assert.match(
      source.initialSdl,
      /ORDERS @join__graph\(name: "orders", url: "http:\/\/127.0.0.1:\d+\/graphql"\)/,
    );
    assert.match(source.initialSdl, /orders: Int @join__field\(graph: ORDERS\)/);
  });

  it('is composed again when the list, an SDL file or an answer changes', async (test) => {
    const folder = await temporaryFolder(test);
    const remote = await startSubgraph(test, sdlAnswer(orders));
    const file = join(folder, 'subgraphs.yaml');
    const list = `subgraphs:\n  - { name: accounts, url: "http://127.0.0.1:1/", schema: accounts.graphql }\n`;
    await writeFile(join(folder, 'accounts.graphql'), accounts('name'));
    await writeFile(file, list);
    const { loads, follow } = await open(test, file);
    follow();
    await writeFile(join(folder, 'accounts.graphql'), accounts('fullName'));
    await loads.got(/fullName/);
    await writeFile(file, `${list}  - { name: orders, url: "${remote.url}" }\n`);
    await loads.got(/orders: Int/);
    remote.answer = sdlAnswer('type Query { orders: Int refunds: Int }');
    await loads.got(/refunds: Int/);
  });

  it('waits for subgraphs that start later than the gateway', async (test) => {
    const file = join(await temporaryFolder(test), 'subgraphs.yaml');
    const remote = await startSubgraph(test, sdlAnswer(orders));
    await writeFile(file, `subgraphs: [{ name: orders, url: "${remote.url}" }]`);
    remote.hangUps = 2;
    const { source, log } = await open(test, file);
    assert.match(source.initialSdl, /orders: Int/);
    assert.match(log.messages.join(), /"orders" at http.*Waiting for it/);
    assert.ok(remote.hangUps < 0, 'it hung up twice');
  });

  it('keeps what a subgraph answered last while it is down, and says so once', async (test) => {
    const folder = await temporaryFolder(test);
    const file = join(folder, 'subgraphs.yaml');
    const remote = await startSubgraph(test, sdlAnswer(orders));
    await writeFile(join(folder, 'accounts.graphql'), accounts('name'));
    await writeFile(
      file,
      `subgraphs:
  - { name: orders, url: "${remote.url}" }
  - { name: accounts, url: "http://127.0.0.1:1/", schema: accounts.graphql }
`,
    );
    const { loads, log, follow } = await open(test, file);
    follow();
    await remote.close();
    await log.said(/did not give its SDL; the one it gave last stays in use/);
    await writeFile(join(folder, 'accounts.graphql'), accounts('fullName'));
    await loads.got(/fullName[\s\S]*orders: Int|orders: Int[\s\S]*fullName/);
    assert.equal(log.messages.filter((message) => /did not give/.test(message)).length, 1);
    await remote.listen();
  });

  it('that no longer composes is reported with subgraphs and remedy, once, and composes again when corrected', async (test) => {
    const folder = await temporaryFolder(test);
    const file = join(folder, 'subgraphs.yaml');
    const one = await startSubgraph(test, sdlAnswer(`${federation} type Query { a: Int }`));
    const two = await startSubgraph(test, sdlAnswer(`${federation} type Query { b: Int }`));
    await writeFile(file, `subgraphs: [{ name: one, url: "${one.url}" }, { name: two, url: "${two.url}" }]`);
    const { loads, log, follow } = await open(test, file);
    follow();
    two.answer = sdlAnswer(`${federation} type Query { a: Int }`);
    const said = await log.said(/no new supergraph/);
    assert.match(said, /INVALID_FIELD_SHARING in subgraphs "one", "two" at Query.a/);
    assert.match(said, /@shareable/);
    two.answer = sdlAnswer(`${federation} type Query { c: Int }`);
    await loads.got(/c: Int/);
    assert.equal(log.messages.filter((message) => /no new supergraph/.test(message)).length, 1);
    assert.equal(loads.loaded.length, 1);
  });
});

describe('a list of subgraphs that cannot be used', () => {
  it('is refused with every problem and its line', async (test) => {
    const file = join(await temporaryFolder(test), 'subgraphs.yaml');
    await writeFile(
      file,
      `subgraphs:
  - name: accounts
    ur: http://127.0.0.1:1/
  - name: 9lives
    url: ftp://somewhere
pollSeconds: often
`,
    );
    const error = await failure(file);
    assert.equal(error.code, 'CONFIG_INVALID');
    for (const expected of [
      /subgraphs.yaml:3.*unknown key "ur".*url/,
      /subgraphs.yaml:\d+.*"url" is missing/,
      /subgraphs.yaml:4/,
      /subgraphs.yaml:5/,
      /subgraphs.yaml:6.*pollSeconds/,
    ]) {
      assert.match(error.message, expected);
    }
  });

  for (const [name, answer, expected] of [
    [
      'a page of HTML',
      { status: 404, body: '<html>Not found</html>' },
      /HTTP 404 without data._service.sdl: <html>/,
    ],
    [
      'a plain GraphQL API',
      { body: '{"errors":[{"message":"no _service"}]}' },
      /no _service.*or give its SDL/,
    ],
    ['nothing', { body: '' }, /\(nothing\)/],
  ] as const) {
    it(`names the subgraph that answers ${name}`, async (test) => {
      const file = join(await temporaryFolder(test), 'subgraphs.yaml');
      const remote = await startSubgraph(test, answer);
      await writeFile(file, `subgraphs: [{ name: orders, url: "${remote.url}" }]`);
      const error = await failure(file);
      assert.equal(error.code, 'SUBGRAPH_MALFORMED_RESPONSE');
      assert.match(error.message, /"orders" at http/);
      assert.match(error.message, expected);
    });
  }

  it('names all subgraphs that do not answer, and missing SDL files', async (test) => {
    const file = join(await temporaryFolder(test), 'subgraphs.yaml');
    const gone = await startSubgraph(test, sdlAnswer(orders));
    await gone.close();
    await writeFile(
      file,
      `subgraphs:
  - { name: one, url: "${gone.url}" }
  - { name: two, url: "${gone.url}" }
  - { name: three, url: "${gone.url}", schema: three.graphql }
`,
    );
    const { message } = await failure(file);
    for (const name of ['one', 'two', 'three']) assert.match(message, new RegExp(`"${name}"`));
    assert.match(message, /three.graphql/);
  });

  it('is refused when the subgraphs do not compose', async (test) => {
    const folder = await temporaryFolder(test);
    const file = join(folder, 'subgraphs.yaml');
    await writeFile(join(folder, 'one.graphql'), `${federation} type Query { a: Missing }`);
    await writeFile(file, 'subgraphs: [{ name: one, url: "http://127.0.0.1:1/", schema: one.graphql }]');
    const error = await failure(file);
    assert.equal(error.code, 'COMPOSITION_FAILED');
    assert.match(error.message, /INVALID_GRAPHQL in subgraph "one".*Unknown type Missing/);
  });
});
