import { MemoryBus } from '@deskgraph/events';
import { PostgresBus } from '@deskgraph/events/postgres';
import { RedisBus } from '@deskgraph/events/redis';
import { type BenchedBus, PlainRedis } from './plain-redis.js';

/** A driver, and where its server is. */
export interface BusAddress {
  readonly driver: 'memory' | 'postgres' | 'redis' | 'plain ioredis';
  /** Of the server; none for `memory`. */
  readonly url: string;
}

/** Opens a bus as the hub does. */
export async function openBus({ driver, url }: BusAddress): Promise<BenchedBus> {
  switch (driver) {
    case 'memory':
      return new MemoryBus();
    case 'postgres':
      return PostgresBus.open({ databaseUrl: url });
    case 'redis':
      return RedisBus.open({ url });
    case 'plain ioredis':
      return new PlainRedis(url);
  }
}
