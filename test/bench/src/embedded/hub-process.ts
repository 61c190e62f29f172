import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A hub with its demonstration, in a process of its own. */
export interface BenchedHub extends AsyncDisposable {
  readonly port: number;
  /** Of the agent Mia. */
  readonly token: string;
}

/** @param environment  more of it, such as REDIS_URL */
export async function startHubProcess(
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchedHub> {
  const dataDir = await mkdtemp(join(tmpdir(), 'deskgraph-bench-'));
  const hub = fork(fileURLToPath(new URL('./hub.js', import.meta.url)), [dataDir], {
    execArgv: ['--max-semi-space-size=64'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  });
  const { port, token } = await new Promise<{ port: number; token: string }>((resolve, reject) => {
    hub.once('message', (message) => resolve(message as { port: number; token: string }));
    hub.once('exit', (code) => reject(new Error(`the hub ended with exit code ${code}`)));
  });
  return {
    port,
    token,
    async [Symbol.asyncDispose]() {
      hub.disconnect();
      await new Promise((resolve) => hub.once('exit', resolve));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
