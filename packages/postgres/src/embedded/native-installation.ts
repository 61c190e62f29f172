import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { ServerUser } from './server-user.js';

/**
 * Makes a complete installation of the package's `native` folder at `target`, where the server's user can read
 * it. Needed because package managers that run no install scripts leave out the library symlinks, and because
 * a project folder may be closed to other users.
 * @returns null, or why the programs do not run on this system (another C library, a `noexec` mount)
 */
export async function installNative(
  native: string,
  target: string,
  user: ServerUser,
): Promise<string | null> {
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await linkTree(native, partial);
  await linkLibraries(native, partial);
  const problem = await tryOut(join(partial, 'bin', 'initdb'), user);
  if (problem === null) await rename(partial, target);
  else await rm(partial, { recursive: true, force: true });
  return problem;
}

async function linkTree(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await chmod(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await linkTree(from, to);
    else if (entry.isFile()) await linkFile(from, to);
  }
}

/** A hard link costs no space and no time; another file system, or a file closed to other users, gets a copy. */
async function linkFile(from: string, to: string): Promise<void> {
  const { mode } = await stat(from);
  const open = mode | 0o444 | ((mode & 0o100) === 0 ? 0 : 0o111);
  if (open === mode) {
    const linked = await link(from, to).then(
      () => true,
      () => false,
    );
    if (linked) return;
  }
  await copyFile(from, to);
  await chmod(to, open & 0o777);
}

async function linkLibraries(native: string, target: string): Promise<void> {
  // Packages of systems without such links (Windows) have no list.
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const inTarget = (path: string) => join(target, path.replace(/^native\//, ''));
  for (const { source, target: name } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = inTarget(name);
    const present = await lstat(path).then(
      () => true,
      () => false,
    );
    if (!present) await symlink(relative(dirname(path), inTarget(source)), path);
  }
}

async function tryOut(program: string, user: ServerUser): Promise<string | null> {
  try {
    await promisify(execFile)(program, ['--version'], { ...user.identity, timeout: 10_000 });
    return null;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return (stderr?.trim() || message).split('\n')[0] as string;
  }
}
