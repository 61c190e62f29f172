import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PostgresBinaries } from './binaries.js';
import type { Cluster } from './cluster.js';
import { type Postmaster, readPidFile, stopPostmaster } from './postmaster.js';
import { identify } from './process-identity.js';
import { serverEnvironment } from './server-environment.js';
import type { ServerUser } from './server-user.js';

const startTimeoutMs = 60_000;
const pollMs = 10;
/** The free port may be taken by now, or the last processes of a killed server may still be ending. */
const attempts = 3;
const retryDelayMs = 500;
const maxLogBytes = 10 * 2 ** 20;

/** What a server is started from. */
export interface Launch {
  readonly cluster: Cluster;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  /** Takes what the server prints. */
  readonly logFile: string;
}

/**
 * Starts a server on a port of the loopback interface, by default a free one; detached, so that neither a killed
 * hub nor Ctrl-C in its terminal ends it.
 * @throws DeskgraphError DATABASE_UNAVAILABLE with the server's own last words
 */
export async function startPostmaster(launch: Launch, port?: number): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(launch, port ?? (await freePort()));
    } catch (error) {
      if (attempt === attempts) throw error;
      await delay(retryDelayMs);
    }
  }
}

async function startOnce({ cluster, binaries, user, logFile }: Launch, port: number): Promise<Postmaster> {
  const log = openLog(logFile);
  const child = spawn(binaries.postgres, ['-D', cluster.directory, ...settings(port)], {
    ...user.identity,
    cwd: cluster.directory,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const ended = endOf(child);
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await delay(pollMs)) {
    if (ended.reason !== null) throw await notStarted(ended.reason, logFile);
    const found = await readPidFile(cluster);
    if (found?.ready && found.process.pid === child.pid) return found;
  }
  if (child.pid !== undefined) await stopPostmaster({ process: identify(child.pid), port });
  throw await notStarted(`it was not ready after ${startTimeoutMs} ms`, logFile);
}

/** A log that has grown long is kept once, under another name. */
function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o640);
}

function endOf(child: ChildProcess): { readonly reason: string | null } {
  const end: { reason: string | null } = { reason: null };
  child.on('error', (error) => {
    end.reason = error.message;
  });
  child.on('exit', (code, signal) => {
    end.reason = `it ended with ${code === null ? signal : `exit code ${code}`}`;
  });
  return end;
}

/** Everything else stays as PostgreSQL has it; `fsync` stays on. */
function settings(port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
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

async function notStarted(reason: string, logFile: string): Promise<DeskgraphError> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n');
  const lastWords = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1);
  return new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `The embedded PostgreSQL did not start: ${reason}. It said: ${lastWords || 'nothing'}. Its log is ${logFile}.`,
  );
}
