import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { noRedis, type RedisServer, startRedisServer } from '@deskgraph/events/testing';
import { lockServiceContract } from '@deskgraph/locks/contract';
import { RedisLocks } from '@deskgraph/locks/redis';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { Redis } from 'ioredis';

let servers: readonly RedisServer[] = [];
before(async () => {
  if (noRedis === undefined) servers = await Promise.all([1, 2, 3].map(() => startRedisServer()));
});
after(() => Promise.all(servers.map((server) => server[Symbol.asyncDispose]())));

const urls = () => servers.map(({ url }) => url);

lockServiceContract('RedisLocks with one master', () => RedisLocks.open({ urls: urls().slice(0, 1) }), {
  skip: noRedis,
});
lockServiceContract('RedisLocks with three masters', () => RedisLocks.open({ urls: urls() }), {
  skip: noRedis,
});

describe('locks over Redis', { skip: noRedis ?? false }, () => {
  it('are lost, and the holder is told, when Redis forgets them', async () => {
    const locks = await RedisLocks.open({ urls: urls().slice(0, 1) });
    const lock = await locks.acquire('forgotten', { ttlMs: 300 });
    const redis = new Redis(servers[0]?.url as string);
    await redis.flushall();
    redis.disconnect();
    await once(lock.signal, 'abort');
    assert.ok(isDeskgraphError(lock.signal.reason, 'LOCK_LOST'));
    await using next = await locks.acquire('forgotten');
    assert.ok(next.token > lock.token, 'the count of holders was forgotten as well');
    await locks.close();
  });

  it('exclude each other over processes, and a token is greater than that of any holder before', async () => {
    const [one, other] = [await RedisLocks.open({ urls: urls() }), await RedisLocks.open({ urls: urls() })];
    const first = await one.acquire('shared');
    await assert.rejects(other.acquire('shared', { waitMs: 20 }), { code: 'LOCK_TIMEOUT' });
    await first.release();
    await using second = await other.acquire('shared');
    assert.ok(second.token > first.token);
    await one.close();
    await other.close();
  });

  it('are had while one of three masters is gone, and held; without two of them they are not', async () => {
    const locks = await RedisLocks.open({ urls: urls(), answerTimeoutMs: 300 });
    const held = await locks.acquire('survivor', { ttlMs: 600 });
    await servers[0]?.kill();
    await using another = await locks.acquire('another', { ttlMs: 600 });
    await new Promise((resolve) => setTimeout(resolve, 900));
    assert.deepEqual([held.signal.aborted, another.signal.aborted], [false, false]);
    await servers[1]?.kill();
    await assert.rejects(locks.acquire('nothing', { waitMs: 100 }), { code: 'LOCK_UNAVAILABLE' });
    if (!held.signal.aborted) await once(held.signal, 'abort');
    assert.ok(isDeskgraphError(held.signal.reason, 'LOCK_LOST'));
    await servers[0]?.restart();
    await servers[1]?.restart();
    await locks.close();
  });

  it('have tokens that grow although the masters that give them change', async () => {
    const tokens: number[] = [];
    for (const gone of [0, 1, 2, 0]) {
      const server = servers[gone] as RedisServer;
      await server.kill();
      const locks = await RedisLocks.open({ urls: urls(), answerTimeoutMs: 300 });
      const lock = await locks.acquire('changing');
      tokens.push(lock.token);
      await lock.release();
      await locks.close();
      await server.restart();
    }
    assert.deepEqual(
      tokens,
      [...new Set(tokens)].sort((a, b) => a - b),
    );
  });
});
