import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discoverPlugins, hubVersion, readManifest } from '@deskgraph/plugin-host';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { eventTypes } from './event-types.js';

/** What was done to a plugin's `src/plugin-events.ts`. */
export interface WrittenTypes {
  readonly file: string;
  readonly outcome: 'written' | 'removed' | 'is current';
}

/**
 * Writes the types of plugins' events.
 * @param directories folders of plugin folders, or plugin folders
 * @returns a line for each plugin that has events, or had
 * @throws DeskgraphError MANIFEST_INVALID | PLUGIN_INCOMPATIBLE for the first plugin that cannot be read; NOT_FOUND when
 *   there is no plugin
 */
export async function writePluginTypes(directories: readonly string[]): Promise<readonly WrittenTypes[]> {
  const plugins = discoverPlugins(directories);
  if (plugins.length === 0) {
    throw new DeskgraphError('NOT_FOUND', `There is no plugin.json in ${directories.join(', ')}.`);
  }
  const written: WrittenTypes[] = [];
  for (const plugin of plugins) {
    const file = join(plugin, 'src/plugin-events.ts');
    const outcome = await put(file, await pluginTypes(plugin));
    if (outcome !== null) written.push({ file, outcome });
  }
  return written;
}

/**
 * The text that a plugin's `src/plugin-events.ts` should have; null when it has no events.
 * @throws DeskgraphError MANIFEST_INVALID | PLUGIN_INCOMPATIBLE
 */
export async function pluginTypes(directory: string): Promise<string | null> {
  const reading = readManifest(directory, hubVersion);
  if ('problems' in reading) throw new DeskgraphError(reading.code, reading.problems.join('\n'));
  return eventTypes(reading.manifest, directory);
}

/** Leaves alone what is right, so that a build does not take it for changed. */
async function put(file: string, text: string | null): Promise<WrittenTypes['outcome'] | null> {
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === text) return text === null ? null : 'is current';
  if (text === null) await rm(file);
  else await writeFile(file, text);
  return text === null ? 'removed' : 'written';
}
