import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError, type EventDeclaration, type PluginManifest } from '@deskgraph/plugin-sdk';
import { type ClosedSchema, compileClosedSchema } from '../config/closed-schema.js';

/** The events a plugin declares, with the compiled schemas of those it publishes. */
export interface EventCatalogue {
  /** Schema files that cannot be used, as `file: event type: reason`. */
  readonly problems: readonly string[];
  /** @throws DeskgraphError EVENT_UNDECLARED | EVENT_INVALID */
  checkPublished(type: string, data: unknown): void;
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
  const schemas = new Map((manifest.events?.publishes ?? []).flatMap(compile));
  for (const declaration of manifest.events?.consumes ?? []) compile(declaration);
  return {
    problems,
    checkPublished(type, data) {
      const schema = schemas.get(type);
      if (schema === undefined) {
        throw new DeskgraphError(
          'EVENT_UNDECLARED',
          `Plugin ${manifest.id} published ${type}, which its plugin.json does not declare. Add it under events.publishes (there: ${[...schemas.keys()].join(', ') || 'none'}).`,
        );
      }
      const found = schema.check(data);
      if (found.length === 0) return;
      const reasons = found.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`);
      throw new DeskgraphError(
        'EVENT_INVALID',
        `Plugin ${manifest.id}: the data of ${type} does not fit its schema: ${reasons.join('; ')}.`,
      );
    },
  };
}
