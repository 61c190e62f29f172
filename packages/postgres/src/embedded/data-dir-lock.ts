import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { isAlive, startTicks } from './process-identity.js';

/** Owner of a data directory, as the lock file names it. */
interface Owner {
  readonly pid: number;
  readonly startTicks: string | null;
}

/**
 * Claims a data directory for this process. A lock left by a process that no longer runs is taken over.
 * @returns how to release it; idempotent
 * @throws DeskgraphError DATA_DIR_IN_USE naming the process that holds it
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'hub.lock');
  const self: Owner = { pid: process.pid, startTicks: startTicks(process.pid) };
  const create = () => writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
  try {
    create();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = readOwner(file);
    if (owner !== null && stillRuns(owner)) throw inUse(dataDir, owner.pid);
    rmSync(file, { force: true });
    create();
  }
  return () => {
    if (readOwner(file)?.pid === self.pid) rmSync(file, { force: true });
  };
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function stillRuns(owner: Owner): boolean {
  if (!isAlive(owner.pid)) return false;
  const ticks = startTicks(owner.pid);
  return ticks === null || owner.startTicks === null || ticks === owner.startTicks;
}

function inUse(dataDir: string, pid: number): DeskgraphError {
  return new DeskgraphError(
    'DATA_DIR_IN_USE',
    `${dataDir} is in use by process ${pid}. Stop that hub, or start this one with another DESKGRAPH_DATA_DIR.`,
    { details: { dataDir, pid } },
  );
}
