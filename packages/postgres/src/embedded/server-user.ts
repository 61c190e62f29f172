import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** `nobody` on Linux: PostgreSQL refuses to run as root. */
const nobody = 65534;

/** Where the files go when root's data directory lies where the server's user cannot reach it. */
const reachableRoot = '/var/lib/deskgraph';

/** The user that the server runs as. */
export interface ServerUser {
  /** Set only when this process is root and the server must not be. */
  readonly identity?: { readonly uid: number; readonly gid: number };
}

/** The server's user for this process. */
export function serverUser(): ServerUser {
  return process.getuid?.() === 0 ? { identity: { uid: nobody, gid: nobody } } : {};
}

/**
 * The folder for the server's files: `<dataDir>/postgres`. Below a folder that the server's user may not pass (a
 * 0700 home of root) that is a link to a folder of its own under `/var/lib/deskgraph`.
 * @throws DeskgraphError DATABASE_UNAVAILABLE when the link leads nowhere
 */
export async function serverFolder(dataDir: string, user: ServerUser): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const folder = join(dataDir, 'postgres');
  if (user.identity !== undefined && !existsSync(folder) && !isLink(folder)) {
    if (!openToAll(dirname(dataDir))) await linkElsewhere(folder);
  }
  if (isLink(folder)) return linkTarget(folder);
  await mkdir(folder, { recursive: true });
  if (user.identity === undefined) return folder;
  // The data directory is ours: let the server's user pass through, not list it.
  await chmod(dataDir, statSync(dataDir).mode | 0o011);
  await chmod(folder, 0o755);
  return folder;
}

async function linkElsewhere(folder: string): Promise<void> {
  const elsewhere = join(reachableRoot, randomBytes(8).toString('hex'));
  await mkdir(elsewhere, { recursive: true });
  await chmod(reachableRoot, 0o755);
  await chmod(elsewhere, 0o755);
  await symlink(elsewhere, folder);
}

function linkTarget(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  throw new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `The database's files are gone: ${folder} is a link to a folder that does not exist. Restore that folder, or remove the link to start with an empty database.`,
  );
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Whether any user may pass through the folder and all above it. */
function openToAll(path: string): boolean {
  if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false;
  const parent = dirname(path);
  return parent === path || openToAll(parent);
}

/** Gives a path to the server's user. */
export async function giveTo(user: ServerUser, path: string): Promise<void> {
  if (user.identity !== undefined) await chown(path, user.identity.uid, user.identity.gid);
}
