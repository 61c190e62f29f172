import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { PluginManifest } from '@deskgraph/plugin-sdk';
import { type DocumentNode, type GraphQLSchema, isNonNullType, Kind, parse, Source } from 'graphql';
import { sdlProblems } from './sdl-problems.js';
import { subscriptionProblems } from './subscription-rules.js';

const preludeFile = new URL('../../../../../schema/deskgraph.graphql', import.meta.url);
const prelude = parse(readFileSync(preludeFile, 'utf8'));

/** A subgraph's SDL, ready to compose and to execute. */
export interface SubgraphSdl {
  readonly document: DocumentNode;
  /** Text for composition, Deskgraph's directive definitions included. */
  readonly text: string;
}

/** The SDL, or everything that is wrong with it as `file:line:column: message`. */
export type SdlReading = { readonly sdl: SubgraphSdl } | { readonly problems: readonly string[] };

/** Reads and checks the SDL that a manifest names. */
export function readSubgraphSdl(manifest: PluginManifest, directory: string): SdlReading {
  const file = join(directory, manifest.subgraph);
  let own: DocumentNode | null = null;
  try {
    const text = readFileSync(file, 'utf8');
    own = parse(new Source(text, file));
    const definitions = usesDeskgraphDirectives(text)
      ? [...own.definitions, ...prelude.definitions]
      : own.definitions;
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
    const problems = ruleProblems(manifest, document, file);
    const sdlText = usesDeskgraphDirectives(text) ? `${text}\n${preludeText()}` : text;
    return problems.length > 0 ? { problems } : { sdl: { document, text: sdlText } };
  } catch (error) {
    return { problems: sdlProblems(error, file, own) };
  }
}

function usesDeskgraphDirectives(text: string): boolean {
  return text.includes('@eventSource');
}

function preludeText(): string {
  return readFileSync(preludeFile, 'utf8');
}

function ruleProblems(manifest: PluginManifest, document: DocumentNode, file: string): string[] {
  const schema = buildSubgraphSchema([{ typeDefs: document, resolvers: {} }]);
  const nullability = manifest.failure === 'required' ? [] : nullabilityProblems(schema, file);
  return [...nullability, ...subscriptionProblems(schema, file)];
}

/** An optional plugin may fail at any time; its root fields must be able to be null. */
function nullabilityProblems(schema: GraphQLSchema, file: string): string[] {
  return [schema.getQueryType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {})
      .filter((field) => isNonNullType(field.type) && !field.name.startsWith('_'))
      .map((field) => {
        const line = field.astNode?.loc?.startToken.line ?? 1;
        return `${file}:${line}: ${type?.name}.${field.name} is non-null, but the plugin is optional: its failure would cost the whole response. Make the field nullable, or set "failure": "required".`;
      }),
  );
}
