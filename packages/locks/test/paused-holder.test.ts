import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noRedis, startRedisServer } from '@deskgraph/events/testing';
import { RedisLocks } from '@deskgraph/locks/redis';
import { createDatabase } from '@deskgraph/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';

const told = async (child: ChildProcess) => (await once(child, 'message'))[0] as Record<string, number>;

it('a holder that was paused past its time changes nothing where its token is asked for', {
  skip: noRedis ?? false,
}, async () => {
  await using redis = await startRedisServer();
  await using server = await testDatabase();
  await using database = createDatabase({ url: server.url, schema: 'public' });
  for (const table of ['conversation', 'journal']) {
    await database.query(
      `create table ${table} (id int primary key, owner text, fence bigint not null default 0)`,
    );
    await database.query(`insert into ${table} values (1, 'nobody')`);
  }
  const program = fileURLToPath(new URL('./paused-holder-program.js', import.meta.url));
  const paused = fork(program, [redis.url, server.url]);
  const { token: staleToken } = await told(paused);
  paused.kill('SIGSTOP');

  const locks = await RedisLocks.open({ urls: [redis.url] });
  const lock = await locks.acquire('conversation', { waitMs: 10_000 });
  assert.ok(lock.token > (staleToken as number));
  for (const table of ['conversation', 'journal']) {
    await database.query(`update ${table} set owner = 'next', fence = $1 where id = 1`, [lock.token]);
  }

  paused.kill('SIGCONT');
  paused.send('write');
  // The same write without the token goes through: the lock alone does not hold it off.
  assert.deepEqual(await told(paused), { fenced: 0, unfenced: 1 });
  await once(paused, 'exit');
  const owners = await database.query(
    'select conversation.owner as fenced, journal.owner as unfenced from conversation, journal',
  );
  assert.deepEqual(owners, [{ fenced: 'next', unfenced: 'stale' }]);
  await locks.close();
});
