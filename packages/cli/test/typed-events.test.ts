import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writePluginTypes } from '../src/plugin-types/write-plugin-types.js';
import { type EventMistake, eventlessMistakes, eventMistakes } from './event-mistakes.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const declaration = (type: string) => ({ type, version: 1, schema: `${type}.json` });
const closed = (properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const text = { type: 'string' };
const documents = {
  'plugin.json': {
    id: 'points',
    version: '1.0.0',
    host: '*',
    entry: 'dist/plugin.js',
    subgraph: 'schema.graphql',
    events: {
      publishes: [declaration('points.earned'), declaration('points.spent')],
      consumes: [declaration('order.paid')],
    },
  },
  'points.earned.json': closed({ customerId: text, points: { type: 'integer' } }),
  'points.spent.json': closed({ customerId: text }),
  'order.paid.json': closed({ customerId: text, total: { type: 'number' } }),
  'package.json': { type: 'module' },
  'tsconfig.json': {
    extends: join(root, 'packages/tsconfig.base.json'),
    compilerOptions: { noEmit: true, composite: false, declaration: false, declarationMap: false, types: [] },
    include: ['src'],
  },
};

const handling = `'order.paid': async ({ data }, { once, delivery }) => {
  const points: number = data.total * delivery;
  const { customerId } = data;
  await once(async (tx) => {
    await tx.events.publish({ type: 'points.earned', topic: 'points', data: { customerId, points } });
  });
}`;

const withEvents = ({ tx = '', handlers = handling }: Pick<EventMistake, 'tx' | 'handlers'>) => `
import { type Database, database, definePlugin, events, type Transaction } from '@deskgraph/plugin-sdk';
import type { PluginEvents } from './plugin-events.js';
const deps = { database, events };
export default definePlugin<unknown, typeof deps, PluginEvents>({
  deps,
  start: ({ deps: { database, events } }) => {
    const earned = { type: 'points.earned', topic: 'points', data: { customerId: 'c', points: 3 } } as const;
    const earn = (tx: Transaction<PluginEvents>) => tx.events.publish(earned);
    const count = (tx: Transaction) => tx.query('select 1');
    const report = (database: Database) => database.transaction(count);
    void report(database);
    void events.publish(earned, { ...earned, type: 'points.spent', data: { customerId: 'c' } });
    void database.transaction(async (tx) => { await earn(tx); ${tx} });
    return { resolvers: {}, subscribers: { ${handlers} } };
  },
});
`;

const withoutEvents = (started: string) => `
import { database, definePlugin } from '@deskgraph/plugin-sdk';
const deps = { database };
export default definePlugin<unknown, typeof deps>({
  deps,
  start: ({ deps: { database } }) => ${started},
});
`;

const fileOf = (hazard: string) => `${hazard.replace(/\W+/g, '-')}.ts`;

describe('the types of events', () => {
  let plugin: string;
  let lines: readonly string[];
  /** The compiler reads all of them in one run. */
  before(async () => {
    plugin = await mkdtemp(join(tmpdir(), 'deskgraph-typed-events-'));
    await symlink(join(root, 'plugins/hello/node_modules'), join(plugin, 'node_modules'));
    await mkdir(join(plugin, 'src'));
    for (const [name, document] of Object.entries(documents)) {
      await writeFile(join(plugin, name), JSON.stringify(document));
    }
    const sources = {
      'right.ts': withEvents({}),
      'right-without-events.ts': withoutEvents(
        '({ resolvers: { Query: { rows: () => database.query("select 1") } } })',
      ),
      ...Object.fromEntries(eventMistakes.map((mistake) => [fileOf(mistake.hazard), withEvents(mistake)])),
      ...Object.fromEntries(
        eventlessMistakes.map(({ hazard, started }) => [fileOf(hazard), withoutEvents(started)]),
      ),
    };
    for (const [name, source] of Object.entries(sources)) await writeFile(join(plugin, 'src', name), source);
    await writePluginTypes([plugin]);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const compiling = [compiler, '-p', plugin, '--pretty', 'false'];
    lines = spawnSync(process.execPath, compiling, { cwd: plugin, encoding: 'utf8' }).stdout.split('\n');
  });
  after(() => rm(plugin, { recursive: true }));

  const errorsIn = (name: string) => lines.filter((line) => line.startsWith(`src/${name}(`));

  it('let a plugin publish and handle what it declares, and hand its database to code that publishes nothing', () => {
    assert.deepEqual([...errorsIn('right.ts'), ...errorsIn('right-without-events.ts')], []);
  });

  for (const { hazard, says } of [...eventMistakes, ...eventlessMistakes]) {
    it(`do not let pass: ${hazard}`, () => {
      assert.match(errorsIn(fileOf(hazard))[0] ?? 'compiles', says);
    });
  }
});
