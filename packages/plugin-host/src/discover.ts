import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Plugin folders among the given ones: each is a plugin's own folder, or holds plugin folders. Sorted. */
export function discoverPlugins(directories: readonly string[]): string[] {
  const found = directories
    .map((directory) => resolve(directory))
    .flatMap((directory) => {
      if (isPlugin(directory)) return [directory];
      if (!existsSync(directory)) return [];
      return readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
        .map((entry) => join(directory, entry.name))
        .filter(isPlugin);
    });
  return [...new Set(found)].sort();
}

function isPlugin(directory: string): boolean {
  return existsSync(join(directory, 'plugin.json'));
}
