import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startStandaloneGateway } from '../../src/standalone.js';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import { temporaryFolder } from './source-readers.js';
import { startSubgraph } from './subgraph-server.js';

async function ask(url: string, query: string): Promise<{ data?: unknown; errors?: readonly unknown[] }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: unknown };
}

describe('a gateway that runs alone', () => {
  it('serves a new supergraph file while it answers, and no request fails', async (test) => {
    const folder = await temporaryFolder(test);
    const file = join(folder, 'supergraph.graphql');
    const subgraph = await startSubgraph(test, { body: '{"data":{"a":1,"v":2}}' });
    const supergraph = (version: number) =>
      composeSubgraphs([
        { name: 'one', url: subgraph.url, sdl: `type Query { a: Int v${version}: Int v: Int }` },
      ]);
    await writeFile(file, supergraph(0));
    await using gateway = await startStandaloneGateway({ supergraphFile: file, port: 0, logLevel: 'error' });
    for (let version = 1; version <= 5; version++) {
      await writeFile(join(folder, 'next'), supergraph(version));
      await rename(join(folder, 'next'), file);
      const field = `v${version}`;
      for (let known = false; !known; ) {
        const [plain, schema] = await Promise.all([
          ask(gateway.url, `query Load${version} { a }`),
          ask(gateway.url, '{ __schema { queryType { fields { name } } } }'),
        ]);
        assert.deepEqual(plain, { data: { a: 1 } });
        known = JSON.stringify(schema).includes(`"${field}"`);
      }
    }
  });

  it('composes a list of subgraphs first', async (test) => {
    const folder = await temporaryFolder(test);
    const subgraph = await startSubgraph(test, { body: '{"data":{"a":1}}' });
    await writeFile(join(folder, 'one.graphql'), 'type Query { a: Int }');
    const file = join(folder, 'subgraphs.yaml');
    await writeFile(file, `subgraphs: [{ name: one, url: "${subgraph.url}", schema: one.graphql }]`);
    await using gateway = await startStandaloneGateway({ subgraphsFile: file, port: 0, logLevel: 'error' });
    assert.deepEqual(await ask(gateway.url, '{ a }'), { data: { a: 1 } });
  });
});
