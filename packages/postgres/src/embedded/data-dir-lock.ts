import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';

const attempts = 5;

/**
 * Claims the server's folder of a data directory for this process. A lock left by a process that no longer runs
 * is taken over.
 * @returns how to release it; idempotent
 * @throws DeskgraphError DATA_DIR_IN_USE naming the process that holds it
 */
export function lockDataDir(dataDir: string, folder: string): () => void {
  const file = join(folder, 'hub.lock');
  const mine = JSON.stringify(identify(process.pid));
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (create(file, mine)) return () => read(file) === mine && rmSync(file, { force: true });
    const found = read(file);
    const owner = parseOwner(found);
    if (owner !== null && isRunning(owner)) throw inUse(dataDir, owner.pid);
    if (found !== null) removeStale(file, found);
  }
  throw new DeskgraphError('DATA_DIR_IN_USE', `${file} is fought over by several starting hubs. Start one.`);
}

/** A link appears at once and with its content, so that nobody reads half a lock. */
function create(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Another hub may have replaced the stale lock since it was read: a lock that is not the one read is put back. */
function removeStale(file: string, stale: string): void {
  const removed = `${file}.${process.pid}`;
  try {
    renameSync(file, removed);
    if (read(removed) !== stale) linkSync(removed, file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(removed, { force: true });
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parseOwner(text: string | null): ProcessIdentity | null {
  try {
    return JSON.parse(text ?? 'null') as ProcessIdentity | null;
  } catch {
    return null;
  }
}

function inUse(dataDir: string, pid: number): DeskgraphError {
  return new DeskgraphError(
    'DATA_DIR_IN_USE',
    `${dataDir} is in use by process ${pid}. Stop that hub, or start this one with another DESKGRAPH_DATA_DIR.`,
    { details: { dataDir, pid } },
  );
}
