import { readFileSync } from 'node:fs';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { compileClosedSchema } from './closed-schema.js';
import { type LocatedDocument, parseLocated } from './located-document.js';
import { fillPlaceholders } from './placeholders.js';

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

/** Where the values of a configuration come from besides its file. */
export interface ConfigEnvironment {
  /** Values that go over the file's. */
  readonly overrides?: readonly EnvironmentOverride[];
  /** Variables for `${NAME}` in the file's texts. Absent: texts are taken as they are. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/**
 * Parses a configuration once: the file with its `${NAME}` filled in, the environment's values over it, defaults
 * from the schema, then frozen.
 * @throws DeskgraphError CONFIG_INVALID that lists every problem as `file:line:column: what to change`
 */
export function parseClosedConfig<Config>(
  source: ConfigSource | LocatedDocument,
  schema: object,
  { overrides = [], variables }: ConfigEnvironment = {},
): Config {
  const document = 'text' in source ? parseLocated(source.text, source.file) : source;
  if (document.problems.length > 0) throw invalid(document.problems);
  const given = structuredClone(document.value);
  const filled = variables ? fillPlaceholders(given, schema, variables) : { value: given, unset: [] };
  const { value } = filled;
  for (const override of overrides) setAt(value, override.path, override.value);
  const overriding = (path: readonly string[]) => overrides.find((override) => same(override.path, path));
  const unset = filled.unset.filter(({ path }) => overriding(path) === undefined);
  const problems = [
    ...unset.map(({ path, variable }) => ({
      path,
      message: `the environment variable ${variable} is not set`,
    })),
    ...compileClosedSchema(schema, { fillDefaults: true })
      .check(value)
      .filter(({ path }) => !unset.some((placeholder) => same(placeholder.path, path))),
  ];
  if (problems.length === 0) return deepFreeze(value) as Config;
  throw invalid(
    problems.map(({ path, message }) => {
      const place = overriding(path)?.variable ?? document.locate(path);
      return `${place}: ${path.join('.') || '(top)'}: ${message}`;
    }),
  );
}

function invalid(problems: readonly string[]): DeskgraphError {
  return new DeskgraphError('CONFIG_INVALID', `The configuration is not valid:\n  ${problems.join('\n  ')}`, {
    details: { problems },
  });
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

/** Reads a JSON Schema file. */
export function readSchema(file: string | URL): object {
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}

function setAt(target: unknown, path: readonly string[], value: unknown): void {
  if (typeof target !== 'object' || target === null) return;
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
