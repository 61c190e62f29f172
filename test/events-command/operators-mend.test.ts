import { after, before, describe } from 'node:test';
import { noNats, noRedis, startNatsServer, startRedisServer } from '@deskgraph/events/testing';
import { ConsumingHub } from '../hub-process/consuming-hub.js';
import { mending } from './mending.js';

/** The buses that a hub can have, and the setting that chooses each. */
const buses: readonly {
  readonly name: string;
  readonly skip: string | undefined;
  readonly start: () => Promise<AsyncDisposable & { readonly settings: object }>;
}[] = [
  {
    name: 'no other server',
    skip: undefined,
    start: async () => ({ settings: {}, async [Symbol.asyncDispose]() {} }),
  },
  {
    name: 'Redis',
    skip: noRedis,
    start: async () => {
      const server = await startRedisServer();
      return {
        settings: { redisUrl: server.url },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: 'NATS',
    skip: noNats,
    start: async () => {
      const server = await startNatsServer();
      return {
        settings: { natsUrl: server.url },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  },
];

for (const { name, skip, start } of buses) {
  describe(`deskgraph events, beside a hub with ${name}`, { skip: skip ?? false }, () => {
    let server: Awaited<ReturnType<typeof start>>;
    let hub: ConsumingHub;
    before(async () => {
      server = await start();
      hub = await ConsumingHub.start({ bus: server.settings });
    });
    after(async () => {
      await hub[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });
    mending(() => hub);
  });
}
