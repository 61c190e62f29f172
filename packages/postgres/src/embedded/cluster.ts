import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PostgresBinaries } from './binaries.js';
import { giveTo, type ServerUser } from './server-user.js';

/** Superuser of the embedded server. */
export const superuser = 'deskgraph';

/** A database cluster on disk. */
export interface Cluster {
  /** PostgreSQL's data directory. */
  readonly directory: string;
  readonly password: string;
}

const initdbTimeoutMs = 60_000;

/**
 * Opens the cluster in the folder, or makes it. It is made beside its place and moved there when complete, so
 * that one killed half way is simply made again.
 */
export async function openCluster(
  folder: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<Cluster> {
  const directory = join(folder, 'data');
  const password = await loadPassword(join(folder, 'password'));
  if (!existsSync(directory)) await createCluster(folder, directory, password, binaries, user);
  return { directory, password };
}

async function loadPassword(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return (await readFile(file, 'utf8')).trim();
}

async function createCluster(
  folder: string,
  directory: string,
  password: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<void> {
  const partial = join(folder, 'data.partial');
  const passwordFile = join(folder, 'password.initdb');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await giveTo(user, partial);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(user, passwordFile);
  try {
    await promisify(execFile)(binaries.initdb, initdbArguments(partial, passwordFile, binaries), {
      ...user.identity,
      cwd: folder,
      timeout: initdbTimeoutMs,
    });
    await rename(partial, directory);
  } catch (cause) {
    const output = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new DeskgraphError('DATABASE_UNAVAILABLE', `initdb failed in ${partial}: ${output.trim()}`, {
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The built-in C.UTF-8 locale sorts the same everywhere and knows letters of all scripts; it came with 17. */
function initdbArguments(directory: string, passwordFile: string, binaries: PostgresBinaries): string[] {
  const system = /\/postgresql\/(\d+)\//.exec(binaries.initdb)?.[1];
  const locale =
    system !== undefined && Number(system) < 17
      ? ['--locale=C.UTF-8']
      : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return [
    `--pgdata=${directory}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...locale,
  ];
}
