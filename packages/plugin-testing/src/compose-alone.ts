import type { SubgraphComposer } from '@deskgraph/plugin-host';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

/** Composes the plugins under test with each other; when that fails none is served, and all problems are told. */
export const composeAlone: SubgraphComposer = (subgraphs) => {
  const { errors } = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `embedded:${name}` })),
  );
  if (errors === undefined || errors.length === 0) return { leftOut: [] };
  const problems = errors.map(({ message }) => message);
  return { leftOut: subgraphs.map(({ name }) => ({ name, problems })) };
};
