import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostmaster, stopPostmaster } from '../../src/embedded/postmaster.js';
import { identify, isRunning } from '../../src/embedded/process-identity.js';

/** An empty data directory. Disposing it ends a server that still runs in it, and removes it. */
export interface TemporaryDataDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes one, by default below a folder that any user may pass. */
export async function temporaryDataDir(mode = 0o755): Promise<TemporaryDataDir> {
  const parent = await mkdtemp(join(tmpdir(), 'deskgraph-embedded-'));
  await chmod(parent, mode);
  const path = join(parent, '.deskgraph');
  return {
    path,
    async [Symbol.asyncDispose]() {
      const left = await findPostmaster({ directory: join(path, 'postgres/data'), password: '' });
      if (left !== null) await stopPostmaster(left);
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** Process id of the server of a data directory. */
export async function serverPid(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

/** Whether a process with this id runs. */
export function exists(pid: number): boolean {
  return isRunning(identify(pid));
}
