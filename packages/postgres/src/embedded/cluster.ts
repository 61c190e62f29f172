import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PostgresBinaries } from './binaries.js';
import { serverEnvironment } from './server-environment.js';
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
 * @throws DeskgraphError DATABASE_UNAVAILABLE when it cannot be made, was made by another major version, or its
 *   password is lost
 */
export async function openCluster(
  folder: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<Cluster> {
  const directory = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  if (!existsSync(directory)) {
    const password = randomBytes(24).toString('base64url');
    // In place before the cluster is: a cluster always has its password.
    await writeSecret(passwordFile, password);
    await createCluster(folder, directory, password, binaries, user);
    return { directory, password };
  }
  await assertSameMajor(directory, binaries);
  const password = await readFile(passwordFile, 'utf8').catch((cause) => {
    throw new DeskgraphError(
      'DATABASE_UNAVAILABLE',
      `The database's password cannot be read from ${passwordFile}: ${cause.message}. Restore the file from a backup.`,
      { cause },
    );
  });
  return { directory, password };
}

async function assertSameMajor(directory: string, { major, postgres }: PostgresBinaries): Promise<void> {
  const found = Number(await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => major));
  if (found === major) return;
  throw new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `${directory} was made by PostgreSQL ${found}, but ${postgres} is version ${major}. Run the hub version that made it and move the data with pg_dump, or use another DESKGRAPH_DATA_DIR.`,
  );
}

async function writeSecret(file: string, secret: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, secret, { mode: 0o600 });
}

async function createCluster(
  folder: string,
  directory: string,
  password: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<void> {
  await removeRemnants(folder);
  // A name of its own: an initdb that outlived its killed hub may still write into the last one.
  const partial = join(folder, `${remnant}${randomBytes(4).toString('hex')}`);
  const passwordFile = join(folder, 'password.initdb');
  await mkdir(partial, { mode: 0o700 });
  await giveTo(user, partial);
  await writeSecret(passwordFile, password);
  await giveTo(user, passwordFile);
  try {
    await promisify(execFile)(binaries.initdb, initdbArguments(partial, passwordFile, binaries), {
      ...user.identity,
      cwd: folder,
      env: serverEnvironment(),
      timeout: initdbTimeoutMs,
    });
    await rename(partial, directory);
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    throw new DeskgraphError(
      'DATABASE_UNAVAILABLE',
      `${binaries.initdb} failed in ${partial}: ${stderr?.trim() || message}`,
      { cause },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

const remnant = 'data.partial-';

async function removeRemnants(folder: string): Promise<void> {
  const remnants = (await readdir(folder)).filter((name) => name.startsWith(remnant));
  for (const name of remnants) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10 });
}

/** The built-in C.UTF-8 locale sorts the same everywhere and knows letters of all scripts; it came with 17. */
function initdbArguments(directory: string, passwordFile: string, { major }: PostgresBinaries): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
  ];
}
