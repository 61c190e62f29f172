import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError, type EventDeclaration, type PluginManifest } from '@deskgraph/plugin-sdk';
import { type ClosedSchema, compileClosedSchema } from '../config/closed-schema.js';

/** The events a plugin declares, with their compiled schemas. */
export interface EventCatalogue {
  /** Schema files that cannot be used, as `file: event type: reason`. */
  readonly problems: readonly string[];
  /** Types under `events.consumes`. */
  readonly consumedTypes: readonly string[];
  /** @throws DeskgraphError EVENT_UNDECLARED | EVENT_INVALID */
  checkPublished(type: string, data: unknown): void;
  /**
   * Checks what arrives. The message names places in the data, never its values.
   * @throws DeskgraphError EVENT_UNDECLARED | EVENT_INVALID
   */
  checkConsumed(type: string, data: unknown): void;
}

/** Compiles the schemas of the events that a manifest names. */
export function readEventCatalogue(manifest: PluginManifest, directory: string): EventCatalogue {
  const problems: string[] = [];
  const compile = ({ type, schema }: EventDeclaration): [string, ClosedSchema][] => {
    const file = join(directory, schema);
    try {
      return [[type, compileClosedSchema(JSON.parse(readFileSync(file, 'utf8')))]];
    } catch (error) {
      problems.push(`${file}: event ${type}: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  };
  const { publishes = [], consumes = [] } = manifest.events ?? {};
  const published = new Map(publishes.flatMap(compile));
  const consumed = new Map(consumes.flatMap(compile));
  const { id } = manifest;
  return {
    problems,
    consumedTypes: [...consumed.keys()],
    checkPublished: (type, data) => check(published, { id, key: 'publishes', type, data }),
    checkConsumed: (type, data) => check(consumed, { id, key: 'consumes', type, data }),
  };
}

/** What is checked, and whose declaration it is checked by. */
interface CheckedEvent {
  readonly id: string;
  /** Under `events` in the manifest. */
  readonly key: 'publishes' | 'consumes';
  readonly type: string;
  readonly data: unknown;
}

function check(schemas: ReadonlyMap<string, ClosedSchema>, { id, key, type, data }: CheckedEvent): void {
  const schema = schemas.get(type);
  if (schema === undefined) {
    throw new DeskgraphError(
      'EVENT_UNDECLARED',
      `Plugin ${id} ${key === 'publishes' ? 'published' : 'consumes'} ${type}, which its plugin.json does not declare. Add it under events.${key} (there: ${[...schemas.keys()].join(', ') || 'none'}).`,
    );
  }
  const found = schema.check(data);
  if (found.length === 0) return;
  const reasons = found.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`);
  throw new DeskgraphError(
    'EVENT_INVALID',
    `Plugin ${id}: the data of ${type} does not fit its schema: ${reasons.join('; ')}.`,
  );
}
