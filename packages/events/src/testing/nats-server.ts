import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { freePort } from './free-port.js';

const program = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'nats-server'))
  .find((path) => existsSync(path));

/** Why tests with NATS cannot run here; undefined when they can. */
export const noNats = program === undefined ? 'nats-server is not installed' : undefined;

/** A NATS server with JetStream of a test's own, with its data in a temporary folder. */
export interface NatsServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had written. */
  restart(): Promise<void>;
  /** Ends it and removes all that it has stored. */
  wipe(): Promise<void>;
}

const startTimeoutMs = 20_000;

/** Starts one on a free port of the loopback interface; with `arguments` of your own besides. */
export async function startNatsServer(extra: readonly string[] = []): Promise<NatsServer> {
  const directory = await mkdtemp(join(tmpdir(), 'deskgraph-nats-'));
  const port = await freePort();
  const start = () =>
    launch(['-js', '-sd', directory, '-a', '127.0.0.1', '-p', String(port), ...extra], port);
  let child = await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return child.pid as number;
    },
    kill,
    async restart() {
      await kill();
      child = await start();
    },
    async wipe() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launch(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(program ?? 'nats-server', args, { stdio: 'ignore' });
  await once(child, 'spawn');
  const deadline = performance.now() + startTimeoutMs;
  while (child.exitCode === null && performance.now() < deadline) {
    if (await answers(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`nats-server does not answer on port ${port}`);
}

async function answers(port: number): Promise<boolean> {
  const options = {
    servers: `127.0.0.1:${port}`,
    reconnect: false,
    timeout: 1_000,
    ignoreAuthErrorAbort: true,
  };
  const nats = await connect(options).catch((error: Error) =>
    /authorization/i.test(error.message) ? true : null,
  );
  if (nats === null || nats === true) return nats === true;
  const { headers } = nats.info ?? {};
  await nats.close();
  return headers === true;
}
