import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that is removed after the test. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deskgraph-source-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a source handed over, in order; stands in for the generation manager. */
export class Loads {
  readonly loaded: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly load = async (sdl: string): Promise<void> => {
    this.loaded.push(sdl);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  };

  /** Resolves when a supergraph that matches has been handed over. */
  async got(pattern: RegExp | string): Promise<void> {
    while (!this.loaded.some((sdl) => (typeof pattern === 'string' ? sdl === pattern : pattern.test(sdl)))) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }
}
