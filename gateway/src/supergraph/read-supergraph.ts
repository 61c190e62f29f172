import { createHash } from 'node:crypto';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse } from 'graphql';
import { readEventSources } from './event-sources.js';
import { readJoinGraphs } from './join-graphs.js';
import { type Link, readLinks } from './link.js';
import { buildPublicSchema } from './public-schema.js';
import type { Supergraph } from './supergraph.js';

/**
 * Reads and checks a supergraph: any that a Federation 2 composer wrote.
 * @throws DeskgraphError SUPERGRAPH_INVALID that says what is wrong and what to do
 */
export function readSupergraph(sdl: string): Supergraph {
  const document = parseSdl(sdl);
  const links = readLinks(document);
  if (isFederation1(document)) throw federation1();
  const graphs = readJoinGraphs(document);
  if (graphs === null) throw notASupergraph(links);
  const subgraphs = new Map([...graphs.values()].map((entry) => [entry.name, entry]));
  if (subgraphs.size < graphs.size) throw invalid('Two subgraphs have the same name in join__Graph.');
  const problems: string[] = [];
  const eventSources = readEventSources(document, links, graphs, problems);
  if (problems.length > 0) throw invalid(problems.join('\n'));
  return Object.freeze({
    sdl,
    hash: createHash('sha256').update(sdl).digest('hex'),
    publicSchema: publicSchema(document, links),
    subgraphs,
    eventSources,
  });
}

/** The supergraph's text, ending in one newline, as it is committed and served. */
export function printSupergraph(supergraph: Supergraph): string {
  return `${supergraph.sdl.trimEnd()}\n`;
}

function parseSdl(sdl: string): DocumentNode {
  try {
    return parse(sdl, { noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [place] = error.locations ?? [];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.column}`;
    throw invalid(`It is not GraphQL SDL: ${error.message}${where}`);
  }
}

function publicSchema(document: DocumentNode, links: readonly Link[]): GraphQLSchema {
  try {
    return buildPublicSchema(document, links);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function notASupergraph(links: readonly Link[]): DeskgraphError {
  const isSubgraph = links.some(({ identity }) => identity === 'https://specs.apollo.dev/federation');
  const what = isSubgraph
    ? 'It is the SDL of one subgraph.'
    : 'It has no enum join__Graph, which every supergraph has.';
  return invalid(`${what} Compose first, or let the gateway do it: deskgraph gateway --subgraphs FILE.yaml`);
}

function isFederation1(document: DocumentNode): boolean {
  return document.definitions.some(
    (definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION &&
      definition.directives?.some(({ name }) => name.value === 'core'),
  );
}

function federation1(): DeskgraphError {
  return invalid(
    'A Federation 1 composer wrote this supergraph (schema @core). Compose it again with a Federation 2 composer; the subgraphs themselves may stay on Federation 1.',
  );
}

function invalid(reason: string): DeskgraphError {
  return new DeskgraphError('SUPERGRAPH_INVALID', `The supergraph cannot be used. ${reason}`);
}
