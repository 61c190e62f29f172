import { after, before } from 'node:test';
import { eventBusContract } from '@deskgraph/events/contract';
import { RedisBus } from '@deskgraph/events/redis';
import { noRedis, type RedisServer, startRedisServer } from '@deskgraph/events/testing';

let server: RedisServer | undefined;
before(async () => {
  if (noRedis === undefined) server = await startRedisServer();
});
after(() => server?.[Symbol.asyncDispose]());

eventBusContract('RedisBus', () => RedisBus.open({ url: server?.url ?? '' }), {
  capabilities: { durable: true, shared: true, deduplicates: true },
  skip: noRedis,
});
