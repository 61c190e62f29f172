import type { SubgraphComposer } from '@deskgraph/plugin-host';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

type Subgraph = Parameters<SubgraphComposer>[0][number];

/** A real composer: takes subgraphs in one by one, required ones first, and leaves out those that break it. */
export const composer: SubgraphComposer = (subgraphs) => {
  const taken: Subgraph[] = [];
  const leftOut: { name: string; problems: string[] }[] = [];
  for (const subgraph of [...subgraphs].sort((one, other) => Number(one.optional) - Number(other.optional))) {
    const problems = compose([...taken, subgraph]);
    if (problems.length === 0) taken.push(subgraph);
    else leftOut.push({ name: subgraph.name, problems });
  }
  return { leftOut };
};

function compose(subgraphs: readonly Subgraph[]): string[] {
  const services = subgraphs.map(({ name, sdl }) => ({
    name,
    typeDefs: parse(sdl),
    url: `embedded:${name}`,
  }));
  return (composeServices(services).errors ?? []).map(({ message }) => message);
}
