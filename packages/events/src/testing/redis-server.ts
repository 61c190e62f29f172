import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

const program = '/usr/bin/redis-server';

/** Why tests with Redis cannot run here; undefined when they can. */
export const noRedis = existsSync(program) ? undefined : 'redis-server is not installed';

/** A Redis of a test's own, with its data in a temporary folder. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had written. */
  restart(): Promise<void>;
}

/** Starts one on a free port of the loopback interface, appending to its log every second. */
export async function startRedisServer(): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'deskgraph-redis-'));
  const port = await freePort();
  let child = await launch(directory, port);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid as number;
    },
    kill,
    async restart() {
      await kill();
      child = await launch(directory, port);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launch(directory: string, port: number): Promise<ChildProcess> {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(program, args, { stdio: 'ignore' });
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => {});
  const died = once(child, 'exit').then(() => {
    throw new Error(`redis-server ended before it answered (port ${port})`);
  });
  try {
    // While it loads its data it answers with an error.
    const ready = (async () => {
      while ((await client.ping().catch(() => '')) !== 'PONG') await new Promise(setImmediate);
    })();
    await Promise.race([ready, died]);
  } finally {
    client.disconnect();
    died.catch(() => {});
  }
  return child;
}
