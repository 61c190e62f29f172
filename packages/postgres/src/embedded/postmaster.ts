import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PostgresBinaries } from './binaries.js';
import type { Cluster } from './cluster.js';
import { commandLine, isAlive } from './process-identity.js';
import type { ServerUser } from './server-user.js';

/** A running PostgreSQL server process. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const startTimeoutMs = 30_000;
const fastShutdownMs = 5_000;
const immediateShutdownMs = 3_000;
const pollMs = 10;

/**
 * The server that already runs on the cluster: a hub that was killed leaves its server behind. A pid file whose
 * process is gone, or is another program by now, is removed.
 */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | null> {
  const found = await readPidFile(cluster);
  if (found === null) return null;
  const command = isAlive(found.pid) ? commandLine(found.pid) : '';
  if (command === null || /postgres/.test(command)) return found;
  await rm(join(cluster.directory, 'postmaster.pid'), { force: true });
  return null;
}

/** Starts a server on a free port of the loopback interface, detached, so that it outlives a killed hub. */
export async function startPostmaster(
  cluster: Cluster,
  binaries: PostgresBinaries,
  user: ServerUser,
  logFile: string,
): Promise<Postmaster> {
  const port = await freePort();
  const log = openSync(logFile, 'a', 0o640);
  const child = spawn(binaries.postgres, ['-D', cluster.directory, ...settings(port)], {
    ...user.identity,
    cwd: cluster.directory,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended: string | null = null;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = `it ended with ${code === null ? signal : `exit code ${code}`}`;
  });
  child.unref();
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await delay(pollMs)) {
    if (ended !== null) throw notStarted(ended, logFile);
    const found = await readPidFile(cluster);
    if (found !== null && found.pid === child.pid && found.ready) return found;
  }
  throw notStarted(`it was not ready after ${startTimeoutMs} ms`, logFile);
}

/** Fast shutdown, then immediate, then kill. Resolves when the process is gone. */
export async function stopPostmaster({ pid }: Postmaster): Promise<void> {
  const escalation = [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', 1_000],
  ] as const;
  for (const [signal, patienceMs] of escalation) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(pollMs)) {
      if (!isAlive(pid)) return;
    }
  }
}

function settings(port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Lines of postmaster.pid: pid, data directory, start time, port, socket directory, address, key, status. */
async function readPidFile(cluster: Cluster): Promise<(Postmaster & { readonly ready: boolean }) | null> {
  const text = await readFile(join(cluster.directory, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : null;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function notStarted(reason: string, logFile: string): DeskgraphError {
  return new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `The embedded PostgreSQL did not start: ${reason}. Its log is ${logFile}.`,
  );
}
