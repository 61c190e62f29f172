import { readFile } from 'node:fs/promises';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { FollowingSource } from './following-source.js';
import type { SupergraphSource } from './supergraph-source.js';
import { watchFile } from './watch-file.js';

export interface SupergraphFileOptions {
  readonly log: Logger;
  /** Time between looks where the file system reports no changes. Default 2000. */
  readonly pollMs?: number;
}

/**
 * A supergraph from a file, followed as the file changes (`deskgraph gateway --supergraph FILE`).
 * @throws DeskgraphError SUPERGRAPH_INVALID when the file cannot be read
 */
export async function openSupergraphFile(
  path: string,
  { log, pollMs }: SupergraphFileOptions,
): Promise<SupergraphSource> {
  return new FollowingSource(
    path,
    await readSupergraphFile(path),
    async () => {
      const sdl = await readSupergraphFile(path);
      // Writers truncate first. When it stays empty, there is nothing to say that a reader would not see.
      return sdl.trim() === '' ? null : sdl;
    },
    (changed) => watchFile(path, changed, pollMs),
    log,
  );
}

async function readSupergraphFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeskgraphError(
      'SUPERGRAPH_INVALID',
      `The supergraph file cannot be read: ${reason}. Check the path given to --supergraph.`,
      { cause: error },
    );
  }
}
