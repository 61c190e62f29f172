import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { testDatabase } from '@deskgraph/postgres/testing';
import { fixture, startBesideHealthy } from './hosting.js';

const load = (name: string) => import(pathToFileURL(`${fixture(name)}/plugin.js`).href);

describe('a plugin that does not start is reported, and a healthy one serves', () => {
  const cases: { plugin: string; code: string; retries: boolean; says: RegExp }[] = [
    {
      plugin: 'throws-at-start',
      code: 'PLUGIN_START_FAILED',
      retries: true,
      says: /^Plugin throws-at-start threw while starting: the other system said no$/,
    },
    {
      plugin: 'hangs-at-start',
      code: 'PLUGIN_START_TIMEOUT',
      retries: true,
      says: /^Plugin hangs-at-start did not start within 50 ms\. Make its start faster, or raise limits\.startTimeoutMs/,
    },
    {
      plugin: 'no-plugin',
      code: 'PLUGIN_START_FAILED',
      retries: true,
      says: /no-plugin\/plugin\.js has no plugin as its default export; write: export default definePlugin/,
    },
    {
      plugin: 'stray-resolver',
      code: 'PLUGIN_START_FAILED',
      retries: true,
      says: /^Resolvers without a place in the SDL: Query\.missing: the SDL has no such field; /,
    },
    {
      plugin: 'unheard-event',
      code: 'EVENT_UNDECLARED',
      retries: false,
      says: /^Plugin unheard-event handles stock\.changed, .* Add it under events\.consumes\.$/,
    },
  ];
  for (const { plugin, code, retries, says } of cases) {
    it(plugin, async () => {
      await using hosted = await startBesideHealthy([plugin]);
      const failure = hosted.failure(plugin);
      assert.deepEqual([failure.phase, failure.code, failure.retries], ['start', code, retries]);
      assert.match(failure.message, says);
      const asked = await hosted.graph(plugin, '{ __typename }');
      assert.equal(asked.errors?.[0]?.extensions.code, 'PLUGIN_UNAVAILABLE');
      assert.match(
        asked.errors?.[0]?.message ?? '',
        says.source.startsWith('^') ? /failed to start: / : says,
      );
      assert.equal((await hosted.graph('healthy', '{ healthy }')).data?.healthy, 'still here');
    });
  }

  it('what it had opened is closed, last first', async () => {
    const { closed } = (await load('throws-at-start')) as { closed: string[] };
    closed.length = 0;
    await using hosted = await startBesideHealthy(['throws-at-start']);
    assert.equal(hosted.failure('throws-at-start').phase, 'start');
    assert.deepEqual(closed, ['second', 'first']);
  });

  it('what it opens after it was given up is closed at once', async () => {
    const { events } = (await load('hangs-at-start')) as { events: NodeJS.EventEmitter };
    const closed = once(events, 'closed');
    await using hosted = await startBesideHealthy(['hangs-at-start']);
    assert.equal(hosted.failure('hangs-at-start').phase, 'start');
    await closed;
  });

  it('a wrong migration is reported with its line, and nothing of that file remains', async () => {
    await using database = await testDatabase();
    await using hosted = await startBesideHealthy(['migration-fails'], { databaseUrl: database.url });
    const failure = hosted.failure('migration-fails');
    assert.deepEqual([failure.phase, failure.code, failure.retries], ['migrate', 'MIGRATION_FAILED', false]);
    assert.match(failure.message, /0002-b\.sql:2.*syntax error/);
    assert.equal((await hosted.graph('healthy', '{ healthy }')).data?.healthy, 'still here');
  });

  it('a database that is away is tried again', async () => {
    await using hosted = await startBesideHealthy(['migration-fails']);
    const failure = hosted.failure('migration-fails');
    assert.deepEqual(
      [failure.phase, failure.code, failure.retries],
      ['migrate', 'DATABASE_UNAVAILABLE', true],
    );
  });
});
