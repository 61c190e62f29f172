import { RedisLocks } from '@deskgraph/locks/redis';
import { createDatabase } from '@deskgraph/postgres';

/** Takes the lock, tells, and writes when it is told to: with its token, and without. */
const [, , redisUrl = '', databaseUrl = ''] = process.argv;
const locks = await RedisLocks.open({ urls: [redisUrl] });
const database = createDatabase({ url: databaseUrl, schema: 'public' });
const lock = await locks.acquire('conversation', { ttlMs: 300 });
process.send?.({ token: lock.token });
process.once('message', async () => {
  const fenced = await database.query(
    'update conversation set owner = $1, fence = $2 where id = 1 and fence < $2 returning id',
    ['stale', lock.token],
  );
  const unfenced = await database.query('update journal set owner = $1 where id = 1 returning id', ['stale']);
  process.send?.({ fenced: fenced.length, unfenced: unfenced.length });
  process.disconnect();
  await database[Symbol.asyncDispose]();
  await locks.close();
});
