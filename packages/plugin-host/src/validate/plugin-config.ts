import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError, type PluginManifest, Secret } from '@deskgraph/plugin-sdk';
import { parseClosedConfig } from '../config/closed-config.js';
import { compileClosedSchema } from '../config/closed-schema.js';
import { environmentValue } from '../config/environment-value.js';

/** The operator's configuration of all plugins. */
export interface PluginConfigSource {
  /** Values by plugin id, not validated yet. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names where they come from, for messages. */
  readonly source: string;
  /** `file:line:column` of a value; the path begins with the plugin's id. Absent: messages name `source`. */
  readonly locate?: (path: readonly (string | number)[]) => string;
}

interface ConfigSchema {
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>;
}

const noConfig: ConfigSchema = { additionalProperties: false, properties: {} };

/**
 * The configuration of one plugin: the operator's values, `DESKGRAPH_PLUGIN_<ID>_<KEY>` variables over them,
 * defaults from the plugin's schema; secrets wrapped; frozen.
 * @throws DeskgraphError CONFIG_INVALID for the operator's mistakes, MANIFEST_INVALID for the schema's
 */
export function readPluginConfig(
  manifest: PluginManifest,
  directory: string,
  config: PluginConfigSource,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const schema = readConfigSchema(manifest, directory);
  const document = {
    value: config.values[manifest.id] ?? {},
    problems: [],
    locate: (path: readonly (string | number)[]) =>
      config.locate?.([manifest.id, ...path]) ?? `${config.source}: ${manifest.id}`,
  };
  const parsed = parseClosedConfig<Record<string, unknown>>(
    document,
    { type: 'object', ...schema },
    { overrides: overrides(manifest.id, schema, environment), variables: environment },
  );
  const secrets = new Set(manifest.scopes?.secrets ?? []);
  if (secrets.size === 0) return parsed;
  const wrapped = Object.entries(parsed).map(([key, value]) => [
    key,
    secrets.has(key) && typeof value === 'string' ? new Secret(value) : value,
  ]);
  return Object.freeze(Object.fromEntries(wrapped));
}

function readConfigSchema(manifest: PluginManifest, directory: string): ConfigSchema {
  if (manifest.config === undefined) return noConfig;
  const file = join(directory, manifest.config);
  const problems: string[] = [];
  try {
    const { $id: _, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as ConfigSchema & { $id?: string };
    compileClosedSchema(schema);
    problems.push(...schemaProblems(schema, manifest));
    if (problems.length === 0) return schema;
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  throw new DeskgraphError('MANIFEST_INVALID', problems.map((problem) => `${file}: ${problem}`).join('\n'));
}

function schemaProblems(schema: ConfigSchema, manifest: PluginManifest): string[] {
  const closed = schema.additionalProperties === false;
  const secrets = (manifest.scopes?.secrets ?? []).filter(
    (key) => schema.properties?.[key]?.type !== 'string',
  );
  return [
    ...(closed ? [] : ['add "additionalProperties": false, so that a misspelt key is found']),
    ...secrets.map((key) => `scopes.secrets names "${key}"; declare it here with "type": "string"`),
  ];
}

function overrides(
  id: string,
  schema: ConfigSchema,
  environment: Readonly<Record<string, string | undefined>>,
) {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
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
