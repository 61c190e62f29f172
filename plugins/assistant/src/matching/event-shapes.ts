import { readFileSync } from 'node:fs';
import { variablesOf } from './variables.js';

/** Types of events that templates can be written for. */
export const replyEventTypes = ['order.paid', 'order.shipped', 'order.refunded', 'order.cancelled'] as const;

/** One of them. */
export type ReplyEventType = (typeof replyEventTypes)[number];

/** What templates for a type of event may refer to. */
export interface EventShape {
  readonly type: string;
  /** Names for `{{...}}`. */
  readonly variables: readonly string[];
  /** Paths for conditions: those of texts, numbers and truth values. */
  readonly paths: readonly string[];
}

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** Reads from the JSON Schemas of the events what templates may refer to, by event type. */
export function readEventShapes(folder: URL): ReadonlyMap<string, EventShape> {
  return new Map(
    replyEventTypes.map((type) => {
      const file = new URL(`${type.replace('.', '-')}.schema.json`, folder);
      const schema = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
      const variables = variablesOf(new Set(Object.keys(schema.properties ?? {})));
      return [type, { type, variables, paths: scalarPaths(schema) }];
    }),
  );
}

function scalarPaths({ properties = {} }: JsonSchema): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (schema.type === 'object') return scalarPaths(schema).map((path) => `${name}.${path}`);
    return schema.type === 'array' ? [] : [name];
  });
}
