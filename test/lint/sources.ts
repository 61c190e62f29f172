import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const skippedFolders = new Set(['node_modules', 'dist', 'fixtures', 'bench']);

/** A TypeScript source of the house. */
export interface Source {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** All TypeScript sources, tests included, the benchmarks and fixtures not. */
export function readSources(root: string): Source[] {
  return ['packages', 'plugins', 'gateway', 'test'].flatMap((folder) => readFolder(root, join(root, folder)));
}

function readFolder(root: string, folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : readFolder(root, path);
    if (!/\.tsx?$/.test(entry.name)) return [];
    return [{ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }];
  });
}
