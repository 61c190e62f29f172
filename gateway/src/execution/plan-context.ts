import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PreparedFetch, SubgraphOperation, SubgraphTransport } from '../subgraphs/transport.js';
import type { TypeIndex } from './type-index.js';

/** What compiling a plan needs to know of the generation it is for. */
export interface PlanContext {
  readonly types: TypeIndex;
  /** By subgraph name. */
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
}

/** @throws DeskgraphError PLAN_FAILED when the plan names a subgraph that the generation does not have */
export function prepareFetch(
  context: PlanContext,
  serviceName: string,
  operation: SubgraphOperation,
): PreparedFetch {
  const transport = context.transports.get(serviceName);
  if (transport === undefined) {
    throw new DeskgraphError(
      'PLAN_FAILED',
      `The plan names subgraph "${serviceName}", which this supergraph does not have.`,
      { details: { serviceName, known: [...context.transports.keys()] } },
    );
  }
  return transport.prepare(operation);
}
