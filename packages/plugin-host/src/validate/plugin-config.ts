import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type PluginManifest, Secret } from '@deskgraph/plugin-sdk';
import { environmentValue, parseClosedConfig, readSchema } from '../config/closed-config.js';

/** The operator's configuration of all plugins: a YAML document whose top-level keys are plugin ids. */
export interface PluginConfigSource {
  /** Values by plugin id. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names where they come from, for messages. */
  readonly source: string;
}

const noConfig = { type: 'object', additionalProperties: false, properties: {} };

/**
 * The configuration of one plugin: the operator's values, `DESKGRAPH_PLUGIN_<ID>_<KEY>` variables over them,
 * defaults from the plugin's schema; secrets wrapped; frozen.
 * @throws DeskgraphError CONFIG_INVALID
 */
export function readPluginConfig(
  manifest: PluginManifest,
  directory: string,
  config: PluginConfigSource,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const schema = readConfigSchema(manifest, directory);
  const values = config.values[manifest.id] ?? {};
  const parsed = parseClosedConfig<Record<string, unknown>>(
    { text: JSON.stringify(values), file: `${config.source} (plugins.${manifest.id})` },
    schema,
    overrides(manifest.id, schema, environment),
  );
  const secrets = new Set(manifest.scopes?.secrets ?? []);
  if (secrets.size === 0) return parsed;
  const wrapped = Object.entries(parsed).map(([key, value]) => [
    key,
    secrets.has(key) && typeof value === 'string' ? new Secret(value) : value,
  ]);
  return Object.freeze(Object.fromEntries(wrapped));
}

function readConfigSchema(manifest: PluginManifest, directory: string): object {
  if (manifest.config === undefined) return noConfig;
  const file = join(directory, manifest.config);
  return existsSync(file) ? { ...readSchema(file), $id: undefined } : noConfig;
}

function overrides(id: string, schema: object, environment: Readonly<Record<string, string | undefined>>) {
  const properties = (schema as { properties?: Record<string, { type?: unknown }> }).properties ?? {};
  return Object.entries(properties).flatMap(([key, property]) => {
    const variable = `DESKGRAPH_PLUGIN_${constantCase(id)}_${constantCase(key)}`;
    const text = environment[variable];
    if (text === undefined) return [];
    const value = property.type === 'string' ? text : environmentValue(text);
    return [{ path: [key], variable, value }];
  });
}

/** `maxItems` and `max-items` to `MAX_ITEMS`. */
function constantCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}
