import type { SubgraphTransport } from '../subgraphs/transport.js';
import type { SubgraphEntry } from './supergraph.js';

/** Makes the transport of a subgraph. */
export type Connect = (entry: SubgraphEntry) => SubgraphTransport;

interface PooledTransport {
  readonly transport: SubgraphTransport;
  users: number;
}

/** Transports shared by generations: an unchanged subgraph keeps its connections over a swap. */
export class TransportPool {
  readonly #pooled = new Map<string, PooledTransport>();

  constructor(private readonly connect: Connect) {}

  /** Transports of the subgraphs, by name; `release` gives them back, and the last user's release ends them. */
  acquire(entries: Iterable<SubgraphEntry>): {
    readonly transports: ReadonlyMap<string, SubgraphTransport>;
    release(): Promise<void>;
  } {
    const keys: string[] = [];
    const transports = new Map<string, SubgraphTransport>();
    for (const entry of entries) {
      const key = `${entry.name} ${entry.url}`;
      const pooled = this.#pooled.get(key) ?? { transport: this.connect(entry), users: 0 };
      pooled.users++;
      this.#pooled.set(key, pooled);
      keys.push(key);
      transports.set(entry.name, pooled.transport);
    }
    return { transports, release: () => this.#release(keys) };
  }

  async #release(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const pooled = this.#pooled.get(key);
      if (pooled === undefined || --pooled.users > 0) continue;
      this.#pooled.delete(key);
      await pooled.transport[Symbol.asyncDispose]();
    }
  }
}
