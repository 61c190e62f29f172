import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEventCatalogue } from '@deskgraph/plugin-host';
import { DeskgraphError, type EventDeclaration, type PluginManifest } from '@deskgraph/plugin-sdk';
import type { JsonSchema } from './own-names.js';
import { schemaTypes } from './schema-types.js';
import { typeName } from './type-name.js';

/** Begins every generated file. */
const header =
  '// Written by `npm run deskgraph -- plugin types` from plugin.json and the JSON Schemas it names. Do not edit.';

const sdkImport = "import type { OutgoingEvent } from '@deskgraph/plugin-sdk';";

/** The interface that names all events. */
const allEvents = 'PluginEvents';

/**
 * The text of a plugin's `src/plugin-events.ts`: a type for the data of each event that its manifest declares, and
 * `PluginEvents`, which has all of them by event type.
 * @returns null when the manifest declares no events
 * @throws DeskgraphError MANIFEST_INVALID with every schema that cannot be used
 */
export async function eventTypes(manifest: PluginManifest, directory: string): Promise<string | null> {
  const { publishes = [], consumes = [] } = manifest.events ?? {};
  const names = nameTypes([...publishes, ...consumes]);
  if (names.size === 0) return null;
  const { problems } = readEventCatalogue(manifest, directory);
  if (problems.length > 0) throw new DeskgraphError('MANIFEST_INVALID', problems.join('\n'));
  const declarations: string[] = [];
  for (const [schema, name] of names) {
    const text = await readFile(join(directory, schema), 'utf8');
    declarations.push(await schemaTypes(JSON.parse(text) as JsonSchema, name));
  }
  const begin = publishes.length === 0 ? header : `${header}\n${sdkImport}`;
  return `${[begin, ...declarations, pluginEvents({ publishes, consumes }, names)].join('\n\n')}\n`;
}

/** A name for the data of each schema file: after the first event that has it, and never twice. */
function nameTypes(events: readonly EventDeclaration[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set([allEvents, 'OutgoingEvent']);
  for (const { type, schema } of events) {
    if (names.has(schema)) continue;
    const wanted = typeName(type);
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}${number}`;
    taken.add(name);
    names.set(schema, name);
  }
  return names;
}

type Declared = Readonly<Record<'publishes' | 'consumes', readonly EventDeclaration[]>>;

function pluginEvents({ publishes, consumes }: Declared, names: ReadonlyMap<string, string>): string {
  const published = publishes.map(
    ({ type, schema }) => `\n    | OutgoingEvent<'${type}', ${names.get(schema)}>`,
  );
  const consumed = consumes.map(({ type, schema }) => `    '${type}': ${names.get(schema)};\n`);
  return `/** The events that the plugin declares. */
export interface ${allEvents} {
  /** What it may publish. */
  publishes:${published.join('') || ' never'};
  /** What it may handle: data by type. */
  consumes: ${consumed.length === 0 ? 'never' : `{\n${consumed.join('')}  }`};
}`;
}
