import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RunningHub, readSettings, startHub } from '@deskgraph/gateway';
import { testDatabase } from '@deskgraph/postgres/testing';

const fixtures = fileURLToPath(new URL('../../../../packages/plugin-host/test/fixtures/', import.meta.url));

/** Every hostile plugin but those that are required, whose failure must keep the hub from being ready. */
const hostile = [
  'bad-sdl',
  'blocks',
  'crashes-in-resolver',
  'hangs-at-start',
  'migration-fails',
  'missing-files',
  'non-null-root',
  'throws-at-start',
  'type-conflict',
  'unknown-config-key',
  'wrong-hub',
];

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly path?: readonly string[]; readonly extensions: { code: string } }[];
}

describe('a hub full of hostile plugins', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deskgraph-hostile-'));
  let hub: RunningHub;
  let database: Awaited<ReturnType<typeof testDatabase>>;

  const start = (plugins: readonly string[]) =>
    startHub(
      {
        ...readSettings(join(dataDir, 'none.yaml'), {
          PORT: '0',
          DATABASE_URL: database.url,
          DESKGRAPH_DATA_DIR: dataDir,
          DESKGRAPH_LOG_LEVEL: 'error',
        }),
        pluginDirectories: plugins.map((name) => join(fixtures, name)),
        plugins: { 'unknown-config-key': { pollSecond: 5 } },
      },
      {},
    );
  before(async () => {
    database = await testDatabase();
    hub = await start(['healthy', ...hostile]);
    await hub.started;
  });
  after(async () => {
    await hub?.[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true });
  });

  const ask = async (query: string): Promise<Answer> => {
    const response = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  };

  it('serves the healthy one, and each fault costs its own field', async () => {
    const { data, errors } = await ask(
      '{ healthy throwsAtStart hangsAtStart migrationFails bug fine blocks }',
    );
    assert.deepEqual(data, {
      healthy: 'still here',
      throwsAtStart: null,
      hangsAtStart: null,
      migrationFails: null,
      bug: null,
      fine: 'fine',
      blocks: 'done',
    });
    const codes = errors?.map(({ path, extensions }) => `${path?.join('.')}: ${extensions.code}`).sort();
    assert.deepEqual(codes, [
      'bug: INTERNAL_ERROR',
      'hangsAtStart: PLUGIN_UNAVAILABLE',
      'migrationFails: PLUGIN_UNAVAILABLE',
      'throwsAtStart: PLUGIN_UNAVAILABLE',
    ]);
  });

  it('has no field of a plugin that was found wrong before it ran', async () => {
    for (const field of ['badSdl', 'nonNullRoot', 'unknownConfigKey', 'wrongHub']) {
      const { errors } = await ask(`{ ${field} }`);
      assert.equal(errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED', field);
    }
  });

  it('is ready, and tells what is wrong with whom', async () => {
    const response = await fetch(`${hub.url}/readyz`);
    assert.equal(response.status, 200);
    const text = await response.text();
    for (const plugin of hostile.filter((id) => id !== 'blocks' && id !== 'crashes-in-resolver')) {
      assert.match(text, new RegExp(`${plugin} \\(optional\\) failed to \\w+: `));
    }
  });

  it('is not ready when a required plugin cannot even be read', async () => {
    await using second = await start(['healthy', 'bad-manifest']);
    await second.started;
    const response = await fetch(`${second.url}/readyz`);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /bad-manifest \(required\) failed to discover: /);
  });
});
