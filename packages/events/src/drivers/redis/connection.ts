import { DeskgraphError, isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { Redis } from 'ioredis';

/** What a connection is for. */
export interface ConnectionOptions {
  readonly url: string;
  readonly log?: Logger | undefined;
  /** `commands`: answers within 5 s or fails. `waiting`: blocks, or listens; waits for as long as it takes. */
  readonly use: 'commands' | 'waiting';
}

const commandTimeoutMs = 5_000;
const connectTimeoutMs = 5_000;
const longestRetryMs = 3_000;

/** A connection that is made anew whenever it is lost, with jitter so that not all come back at once. */
export function connect({ url, log, use }: ConnectionOptions): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    // Answers of XREADGROUP and XINFO have another shape in RESP3.
    protocol: 2,
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: null,
    autoResubscribe: false,
    retryStrategy: (times) => Math.random() * Math.min(longestRetryMs, 50 * 2 ** Math.min(times, 8)),
    ...(use === 'commands' ? { commandTimeout: commandTimeoutMs } : {}),
  });
  let told = false;
  redis.on('error', (error) => {
    if (!told) log?.warn({ error }, 'Redis cannot be reached for now; that is tried again');
    told = true;
  });
  redis.on('ready', () => {
    if (told) log?.info({}, 'Redis is reached again');
    told = false;
  });
  return redis;
}

/** Resolves once the connection stands, however often it has to be tried; the client goes on trying by itself. */
export function ready(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    redis.once('ready', resolve);
    // Rejects when the first attempt fails, though others follow.
    redis.connect().catch(() => {});
  });
}

/** Rejects with EVENT_BUS_UNAVAILABLE when Redis fails, or does not answer in time. */
export async function answered<T>(command: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${commandTimeoutMs} ms`)), commandTimeoutMs);
  });
  try {
    return await Promise.race([command, late]);
  } catch (error) {
    if (isDeskgraphError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeskgraphError('EVENT_BUS_UNAVAILABLE', `Redis cannot be used: ${reason}.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
