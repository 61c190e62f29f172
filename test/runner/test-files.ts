import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const skippedFolders = new Set(['node_modules', 'dist', 'fixtures', 'bench', '.git', '.deskgraph']);

/**
 * The compiled test files of all projects, found by their sources so that one whose source is gone never
 * runs. Paths that contain one of `filters` only, when there are any.
 */
export function findTestFiles(root: string, filters: readonly string[]): string[] {
  return ['packages', 'plugins', 'gateway', 'test']
    .flatMap((folder) => testSources(join(root, folder)))
    .map((source) => relative(root, source))
    .filter((source) => filters.length === 0 || filters.some((filter) => source.includes(filter)))
    .map((source) => join(root, compiledPath(source)))
    .sort();
}

function testSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : testSources(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** `packages/events/test/memory.test.ts` is compiled to `packages/events/dist/test/memory.test.js`. */
function compiledPath(source: string): string {
  const parts = source.split(sep);
  const projectDepth = parts[0] === 'gateway' || parts[0] === 'test' ? 1 : 2;
  return join(...parts.slice(0, projectDepth), 'dist', ...parts.slice(projectDepth)).replace(/\.ts$/, '.js');
}
