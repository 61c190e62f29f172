import type { Logger } from '@deskgraph/plugin-sdk';
import type { ExecutionText } from '../../src/execution/executable-operation.js';
import type { PlannerFleet } from '../../src/operations/planner-fleet.js';
import type { SubgraphTransport } from '../../src/subgraphs/transport.js';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import { GenerationManager } from '../../src/supergraph/generation-manager.js';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The parts that a federation is put together from. */
export interface FederationParts {
  readonly subgraphs: readonly { readonly name: string; readonly sdl: string }[];
  readonly connect: (name: string) => SubgraphTransport;
}

/** Subgraphs behind the real composition, planner and executor; only the wire is left out. */
export class Federation implements AsyncDisposable {
  private constructor(private readonly generations: GenerationManager) {}

  static async open({ subgraphs, connect }: FederationParts, fleet: PlannerFleet): Promise<Federation> {
    const sdl = composeSubgraphs(subgraphs.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })));
    const generations = await GenerationManager.start(sdl, {
      fleet,
      log: silent,
      connect: ({ name }) => connect(name),
    });
    return new Federation(generations);
  }

  get publicSchema() {
    return this.generations.current.supergraph.publicSchema;
  }

  async run(query: string, variables: Record<string, unknown>): Promise<ExecutionText> {
    const preparation = await this.generations.current.prepare(
      { query, operationName: null, variables },
      'test',
    );
    if (preparation.kind === 'refused') return { data: 'refused', errors: preparation.errors };
    const coerced = preparation.operation.coerceVariables(variables);
    if ('errors' in coerced) return { data: 'refused', errors: coerced.errors };
    return preparation.operation.executable.execute(coerced.values, {
      principal: null,
      requestId: 'test',
      signal: new AbortController().signal,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.generations[Symbol.asyncDispose]();
  }
}
