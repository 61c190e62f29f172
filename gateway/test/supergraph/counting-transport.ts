import type { PreparedFetch, SubgraphTransport } from '../../src/subgraphs/transport.js';
import type { SubgraphEntry } from '../../src/supergraph/supergraph.js';

/** A subgraph that answers nothing; counts how often it was ended. */
export class CountingTransport implements SubgraphTransport {
  readonly serviceName: string;
  disposals = 0;

  constructor({ name }: SubgraphEntry) {
    this.serviceName = name;
  }

  prepare(): PreparedFetch {
    return { send: async () => ({ data: {} }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposals++;
  }
}
