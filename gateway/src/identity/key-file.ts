import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeskgraphError, Secret } from '@deskgraph/plugin-sdk';

/** HS256 wants a key of at least its hash's size (RFC 7518, section 3.2). */
const keyBytes = 32;

/** Where a key of a data directory is. */
export function keyPath(dataDir: string, name: string): string {
  return join(dataDir, 'identity', name);
}

/**
 * A random key from `<dataDir>/identity/<name>` (base64, mode 0600), made at the first call and the same over restarts.
 * @param loss  what a new key breaks, for the message: `tokens signed before become invalid`
 * @throws DeskgraphError CONFIG_INVALID when the file holds something else
 */
export async function loadKey(dataDir: string, name: string, loss: string): Promise<Secret> {
  const path = keyPath(dataDir, name);
  await mkdir(join(dataDir, 'identity'), { recursive: true, mode: 0o700 });
  const text = (await create(path)) ?? (await readFile(path, 'utf8'));
  if (Buffer.from(text.trim(), 'base64').length < keyBytes) {
    throw new DeskgraphError(
      'CONFIG_INVALID',
      `${path} does not hold a key of ${keyBytes} bytes in base64. Delete it to get a new one; ${loss}.`,
      { details: { path } },
    );
  }
  // A copied data directory may come with wider permissions.
  await chmod(path, 0o600);
  return new Secret(text.trim());
}

/** Null when the file is there already. */
async function create(path: string): Promise<string | null> {
  const text = `${randomBytes(keyBytes).toString('base64')}\n`;
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(text);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
}
