import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `nobody` on Linux: PostgreSQL refuses to run as root. */
const nobody = 65534;

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
 * Makes the folder for the server's files: `<dataDir>/postgres`, or, when root's data directory lies where the
 * server's user cannot reach it (below a 0700 home), a folder of its own under `/var/lib/deskgraph`.
 */
export async function serverFolder(dataDir: string, user: ServerUser): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  if (user.identity === undefined) return makeFolder(join(dataDir, 'postgres'));
  const reachable = openToAll(dirname(dataDir));
  // The data directory is ours: let the server's user pass through, not list it.
  if (reachable) await chmod(dataDir, 0o711);
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return makeFolder(reachable ? join(dataDir, 'postgres') : join('/var/lib/deskgraph', name));
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  return path;
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
