import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeclaredEvents, Dependencies, PluginDefinition, PluginManifest } from '@deskgraph/plugin-sdk';

type AnyPlugin = PluginDefinition<unknown, Dependencies, DeclaredEvents>;

/** A plugin whose code is in the test. */
export interface ScriptedPlugin extends Omit<AnyPlugin, 'start'> {
  readonly manifest?: Partial<PluginManifest>;
  /** Default: a Query with one field, the plugin's id with `_` for `-`. */
  readonly sdl?: string;
  /** Default: starts at once and resolves nothing. */
  readonly start?: AnyPlugin['start'];
}

/** Plugin folders in a temporary directory. */
export interface ScriptedPlugins extends AsyncDisposable {
  readonly directory: string;
}

const scripts = new Map<string, AnyPlugin>();
(globalThis as { deskgraphTestScripts?: typeof scripts }).deskgraphTestScripts = scripts;

/** Writes a folder for each plugin; its module takes the definition from this process. */
export async function scriptedPlugins(
  plugins: Readonly<Record<string, ScriptedPlugin>>,
): Promise<ScriptedPlugins> {
  const directory = await mkdtemp(join(tmpdir(), 'deskgraph-plugins-'));
  for (const [id, { manifest, sdl, start, deps }] of Object.entries(plugins)) {
    const folder = join(directory, id);
    const key = JSON.stringify(folder);
    const base = { id, version: '1.0.0', host: '*', entry: 'plugin.mjs', subgraph: 'schema.graphql' };
    scripts.set(folder, { start: start ?? (() => ({ resolvers: {} })), ...(deps && { deps }) });
    await mkdir(folder);
    await writeFile(join(folder, 'plugin.json'), JSON.stringify({ ...base, ...manifest }));
    await writeFile(
      join(folder, 'schema.graphql'),
      sdl ?? `type Query { ${id.replaceAll('-', '_')}: String }`,
    );
    await writeFile(
      join(folder, 'plugin.mjs'),
      `export default globalThis.deskgraphTestScripts.get(${key});`,
    );
  }
  return {
    directory,
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true });
    },
  };
}
