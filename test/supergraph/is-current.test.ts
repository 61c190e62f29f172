import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { composePlugins, createLogger, readSettings, readSupergraph, welcomeQuery } from '@deskgraph/gateway';
import { parse, validate } from 'graphql';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('schema/supergraph.graphql is what the plugins compose to (else: npm run -s deskgraph -- supergraph > schema/supergraph.graphql)', () => {
  const settings = {
    ...readSettings(join(root, 'none.yaml'), {}),
    pluginDirectories: [join(root, 'plugins')],
  };
  const composed = composePlugins(settings, createLogger({ write: () => {} }));
  assert.equal(`${composed.trim()}\n`, readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8'));
});

it("the operations that the demonstration's IDE starts with fit the graph", () => {
  const { publicSchema } = readSupergraph(readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8'));
  assert.deepEqual(validate(publicSchema, parse(welcomeQuery)), []);
});

it('the operations that the README shows fit the graph', () => {
  const { publicSchema } = readSupergraph(readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8'));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const operations = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => text as string);
  assert.ok(operations.length > 0);
  for (const operation of operations)
    assert.deepEqual(validate(publicSchema, parse(operation)), [], operation);
});
