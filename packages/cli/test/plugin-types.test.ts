import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { discoverPlugins } from '@deskgraph/plugin-host';
import { pluginTypes, writePluginTypes } from '../src/plugin-types/write-plugin-types.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

it('src/plugin-events.ts of every plugin is current (else: npm run deskgraph -- plugin types)', async () => {
  const plugins = discoverPlugins([join(root, 'plugins')]);
  assert.ok(plugins.length >= 4);
  for (const plugin of plugins) {
    const file = join(plugin, 'src/plugin-events.ts');
    const found = existsSync(file) ? await readFile(file, 'utf8') : null;
    assert.equal(found, await pluginTypes(plugin), file);
  }
});

describe('deskgraph plugin types', () => {
  let plugins: string;
  beforeEach(async () => {
    plugins = await mkdtemp(join(tmpdir(), 'deskgraph-plugin-types-'));
  });
  afterEach(() => rm(plugins, { recursive: true }));

  const declaration = (type: string, schema: string) => ({ type, version: 1, schema });

  /** Writes a plugin, or parts of it anew. */
  async function plugin(events: object | undefined, schemas: Readonly<Record<string, unknown>> = {}) {
    const directory = join(plugins, 'stock');
    const manifest = {
      id: 'stock',
      version: '1.0.0',
      host: '*',
      entry: 'x.js',
      subgraph: 'x.graphql',
      events,
    };
    const files = { 'plugin.json': manifest, ...schemas };
    await mkdir(join(directory, 'src'), { recursive: true });
    for (const [file, value] of Object.entries(files)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), typeof value === 'string' ? value : JSON.stringify(value));
    }
    return join(directory, 'src/plugin-events.ts');
  }

  const generated = async (...args: Parameters<typeof plugin>) => {
    const file = await plugin(...args);
    await writePluginTypes([plugins]);
    return readFile(file, 'utf8');
  };

  it('writes a type for each event and one for all, and leaves what is current untouched', async () => {
    const file = await plugin(
      {
        publishes: [declaration('stock.item-changed', 'changed.json')],
        consumes: [declaration('order.paid', 'paid.json')],
      },
      {
        'changed.json': { title: 'Stock changed', type: 'object', properties: { sku: { type: 'string' } } },
        'paid.json': { type: 'array', items: { type: 'integer' } },
      },
    );
    assert.deepEqual(await writePluginTypes([plugins]), [{ file, outcome: 'written' }]);
    const text = await readFile(file, 'utf8');
    assert.match(text, /^\/\/ Written by `npm run deskgraph -- plugin types`/);
    assert.match(
      text,
      / \* Stock changed\.\n \*\/\nexport interface StockItemChanged \{\n {2}sku\?: string;\n\}/,
    );
    assert.match(text, /export type OrderPaid = number\[\];/);
    assert.match(text, /publishes:\n {4}\| OutgoingEvent<'stock\.item-changed', StockItemChanged>;/);
    assert.match(text, /consumes: \{\n {4}'order\.paid': OrderPaid;\n {2}\};/);
    const { mtimeMs } = await stat(file);
    assert.deepEqual(await writePluginTypes([join(plugins, 'stock')]), [{ file, outcome: 'is current' }]);
    assert.equal((await stat(file)).mtimeMs, mtimeMs);
  });

  it('keeps apart definitions of one name in two schemas, and takes no title for a name', async () => {
    const schema = (amount: string) => ({
      title: 'What a reader reads',
      type: 'object',
      required: ['total', 'title'],
      properties: {
        total: { $ref: '#/$defs/money' },
        title: { title: 'Not a name', type: 'object', properties: { short: { const: 'title' } } },
        parts: { type: 'array', items: { $ref: '#/$defs/part' } },
      },
      $defs: {
        money: { title: 'Money', type: 'object', properties: { amount: { type: amount } } },
        part: { type: 'object', properties: { parts: { type: 'array', items: { $ref: '#/$defs/part' } } } },
      },
    });
    const text = await generated(
      { publishes: [declaration('order.paid', 'paid.json'), declaration('order.sent', 'sent.json')] },
      { 'paid.json': schema('string'), 'sent.json': schema('number') },
    );
    const names = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(names, [
      'OrderPaid',
      'OrderPaidMoney',
      'OrderPaidPart',
      'OrderSent',
      'OrderSentMoney',
      'OrderSentPart',
      'PluginEvents',
    ]);
    assert.match(text, /interface OrderPaidMoney \{\n {2}amount\?: string;/);
    assert.match(text, /interface OrderSentMoney \{\n {2}amount\?: number;/);
    assert.match(text, /title: \{\n {4}short\?: 'title';\n {2}\};\n {2}parts\?: OrderSentPart\[\];/);
  });

  it('shares a schema that two types name, and gives no name twice', async () => {
    const text = await generated(
      {
        publishes: [declaration('order.paid-late', 'a.json'), declaration('plugin.events', 'b.json')],
        consumes: [declaration('order.paid-early', 'a.json'), declaration('order-paid.late', 'c.json')],
      },
      { 'a.json': { type: 'string' }, 'b.json': { type: 'null' }, 'c.json': { type: 'boolean' } },
    );
    assert.match(text, /'order\.paid-early': OrderPaidLate;/);
    assert.match(text, /'order-paid\.late': OrderPaidLate2;/);
    assert.match(text, /OutgoingEvent<'plugin\.events', PluginEvents2>/);
  });

  it('is a command that tells what it did, for the plugins named or those of the workspace', async () => {
    await plugin({ consumes: [declaration('order.paid', 'a.json')] }, { 'a.json': {} });
    const command = join(root, 'packages/cli/dist/src/main.js');
    const run = (cwd: string, ...directories: string[]) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [command, 'plugin', 'types', ...directories],
        { cwd, encoding: 'utf8' },
      );
      return { status, said: stdout + stderr };
    };
    const file = join('stock', 'src', 'plugin-events.ts');
    assert.deepEqual(run(plugins, 'stock'), { status: 0, said: `${file} written\n` });
    assert.deepEqual(run(plugins, '.'), { status: 0, said: `${file} is current\n` });
    const nowhere = run(plugins);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.said, /There is no plugin\.json in plugins\.\n\(NOT_FOUND\)/);
  });

  it('removes the file of a plugin whose events are gone, and writes none where there are none', async () => {
    const file = await plugin({ consumes: [declaration('order.paid', 'a.json')] }, { 'a.json': {} });
    await writePluginTypes([plugins]);
    await plugin(undefined);
    assert.deepEqual(await writePluginTypes([plugins]), [{ file, outcome: 'removed' }]);
    assert.equal(existsSync(file), false);
    assert.deepEqual(await writePluginTypes([plugins]), []);
  });

  it('names every schema that cannot be used, and writes nothing then', async () => {
    const broken = ['missing', 'no-json', 'elsewhere', 'nowhere', 'list'];
    const file = await plugin(
      { publishes: broken.map((name) => declaration(`a.${name}`, `${name}.json`)) },
      {
        'no-json.json': '{ "type": ',
        'elsewhere.json': { $ref: 'other.json' },
        'nowhere.json': { properties: { a: { $ref: '#/$defs/gone' } } },
        'list.json': [],
      },
    );
    await assert.rejects(writePluginTypes([plugins]), (error: Error & { code: string }) => {
      assert.equal(error.code, 'MANIFEST_INVALID');
      const files = error.message.split('\n').filter((line) => line.startsWith(plugins));
      assert.equal(files.length, broken.length, error.message);
      return true;
    });
    assert.equal(existsSync(file), false);
  });

  it('says which manifest cannot be read, and that there is no plugin', async () => {
    await assert.rejects(writePluginTypes([plugins]), { code: 'NOT_FOUND' });
    await plugin({ publish: [] });
    await assert.rejects(writePluginTypes([plugins]), {
      code: 'MANIFEST_INVALID',
      message: /plugin\.json:1:\d+: events\.publish: unknown key "publish".*publishes/,
    });
  });
});
