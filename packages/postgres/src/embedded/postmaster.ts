import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { identify, isRunning, type ProcessIdentity, worksIn } from './process-identity.js';

/** A running PostgreSQL server process. */
export interface Postmaster {
  readonly process: ProcessIdentity;
  readonly port: number;
}

const pollMs = 10;
/** Signals to stop with, gentlest first, and how long each may take: below 10 s together. */
const escalation = [
  { signal: 'SIGINT', patienceMs: 5_000 },
  { signal: 'SIGQUIT', patienceMs: 3_000 },
  { signal: 'SIGKILL', patienceMs: 1_000 },
] as const;

/**
 * The server that already runs on the cluster: a hub that was killed leaves its server behind. A pid file of a
 * process that ended, or whose pid is another program's by now, is disowned.
 */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | null> {
  const found = await readPidFile(cluster);
  if (found === null) {
    await rm(pidFile(cluster), { force: true });
    return null;
  }
  if (isRunning(found.process) && worksIn(found.process.pid, cluster.directory)) return found;
  await disown(cluster);
  return null;
}

/** Asks a server to stop: fast shutdown, then immediate, then kill. Resolves when the process is gone. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  for (const { signal, patienceMs } of escalation) {
    if (!isRunning(postmaster.process)) return;
    process.kill(postmaster.process.pid, signal);
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(pollMs)) {
      if (!isRunning(postmaster.process)) return;
    }
  }
}

/**
 * What postmaster.pid says, or null when there is none or it is empty (a power cut). Its lines: pid, data
 * directory, start time, port, socket directory, address, shared memory, status.
 */
export async function readPidFile(
  cluster: Cluster,
): Promise<(Postmaster & { readonly ready: boolean }) | null> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { process: identify(pid), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Makes PostgreSQL take the pid file for stale. It cannot see that by itself while the pid is another program's,
 * or is a dead server's that nobody reaps (in a container without an init). By its rules a file that names the
 * new server's own parent is stale. The file's record of shared memory stays: by that it sees whether any process
 * of the old server is still at work.
 */
async function disown(cluster: Cluster): Promise<void> {
  const [, ...rest] = (await readFile(pidFile(cluster), 'utf8')).split('\n');
  await writeFile(pidFile(cluster), [process.pid, ...rest].join('\n'));
}

function pidFile(cluster: Cluster): string {
  return join(cluster.directory, 'postmaster.pid');
}
