import { readFileSync } from 'node:fs';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { compileClosedSchema } from './closed-schema.js';
import { parseLocated } from './located-document.js';

/** A configuration file: its text, and its name for messages. */
export interface ConfigSource {
  readonly text: string;
  readonly file: string;
}

/** A value that the environment sets over the file's. */
export interface EnvironmentOverride {
  /** Where in the configuration. */
  readonly path: readonly string[];
  /** Name of the variable, for messages. */
  readonly variable: string;
  readonly value: unknown;
}

/**
 * Parses a configuration once: the file, the environment's values over it, defaults from the schema, then
 * frozen.
 * @throws DeskgraphError CONFIG_INVALID that lists every problem as `file:line:column: what to change`
 */
export function parseClosedConfig<Config>(
  source: ConfigSource,
  schema: object,
  overrides: readonly EnvironmentOverride[] = [],
): Config {
  const document = parseLocated(source.text, source.file);
  const value = structuredClone(document.value);
  for (const override of overrides) setAt(value, override.path, override.value);
  const problems =
    document.problems.length > 0
      ? document.problems
      : compileClosedSchema(schema)
          .check(value)
          .map(({ path, message }) => {
            const override = overrides.find((candidate) => candidate.path.join('.') === path.join('.'));
            return `${override?.variable ?? document.locate(path)}: ${path.join('.') || '(top)'}: ${message}`;
          });
  if (problems.length === 0) return deepFreeze(value) as Config;
  throw new DeskgraphError('CONFIG_INVALID', `The configuration is not valid:\n  ${problems.join('\n  ')}`, {
    details: { problems },
  });
}

/** Reads a JSON Schema file. */
export function readSchema(file: string | URL): object {
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}

/**
 * A value as an environment variable writes it: JSON where it is JSON of another type than text (`5432`,
 * `true`, `["a"]`), else the text itself.
 */
export function environmentValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setAt(target: unknown, path: readonly string[], value: unknown): void {
  let node = target as Record<string, unknown>;
  for (const key of path.slice(0, -1)) {
    if (typeof node[key] !== 'object' || node[key] === null) node[key] = {};
    node = node[key] as Record<string, unknown>;
  }
  node[path.at(-1) as string] = value;
}

/** Freezes a value and all it holds. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
