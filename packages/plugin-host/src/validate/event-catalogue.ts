import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError, type PluginManifest } from '@deskgraph/plugin-sdk';
import { type ClosedSchema, compileClosedSchema } from '../config/closed-schema.js';

/** The events a plugin declares, with their compiled schemas. */
export interface EventCatalogue {
  readonly problems: readonly string[];
  /** @throws DeskgraphError EVENT_UNDECLARED | EVENT_INVALID */
  checkPublished(type: string, data: unknown): void;
}

/** Compiles the schemas of the events that a manifest says the plugin publishes. */
export function readEventCatalogue(manifest: PluginManifest, directory: string): EventCatalogue {
  const schemas = new Map<string, ClosedSchema>();
  const problems: string[] = [];
  for (const { type, schema } of manifest.events?.publishes ?? []) {
    const file = join(directory, schema);
    try {
      schemas.set(type, compileClosedSchema(JSON.parse(readFileSync(file, 'utf8'))));
    } catch (error) {
      problems.push(`${file}: event ${type}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return {
    problems,
    checkPublished(type, data) {
      const schema = schemas.get(type);
      if (schema === undefined) {
        throw new DeskgraphError(
          'EVENT_UNDECLARED',
          `Plugin ${manifest.id} published ${type}, which its plugin.json does not declare under events.publishes (declared: ${[...schemas.keys()].join(', ') || 'none'}).`,
        );
      }
      const found = schema.check(data);
      if (found.length === 0) return;
      throw new DeskgraphError(
        'EVENT_INVALID',
        `Plugin ${manifest.id}: data of ${type} does not fit its schema: ${found.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`).join('; ')}.`,
      );
    },
  };
}
