import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { SubgraphTransport } from '../subgraphs/transport.js';
import type { SubgraphEntry } from './supergraph.js';

/** Makes the transport of a subgraph. */
export type Connect = (entry: SubgraphEntry) => SubgraphTransport;

/** Transports in use until they are released. */
export interface AcquiredTransports {
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  release(): Promise<void>;
}

interface PooledTransport {
  readonly transport: SubgraphTransport;
  users: number;
}

/** Transports shared by generations: an unchanged subgraph keeps its connections over a swap. */
export class TransportPool {
  readonly #pooled = new Map<string, PooledTransport>();

  constructor(private readonly connect: Connect) {}

  /**
   * Transports of the subgraphs, by name; `release` gives them back, and the last user's release ends them.
   * @throws DeskgraphError SUPERGRAPH_INVALID when one cannot be connected (its URL is none); none is kept then
   */
  async acquire(entries: Iterable<SubgraphEntry>): Promise<AcquiredTransports> {
    const keys: string[] = [];
    const transports = new Map<string, SubgraphTransport>();
    for (const entry of entries) {
      const key = `${entry.name} ${entry.url}`;
      const pooled = this.#pooled.get(key) ?? { transport: await this.#connect(entry, keys), users: 0 };
      pooled.users++;
      this.#pooled.set(key, pooled);
      keys.push(key);
      transports.set(entry.name, pooled.transport);
    }
    return { transports, release: () => this.#release(keys) };
  }

  async #connect(entry: SubgraphEntry, acquired: readonly string[]): Promise<SubgraphTransport> {
    try {
      return this.connect(entry);
    } catch (cause) {
      await this.#release(acquired);
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `Subgraph "${entry.name}" cannot be reached at "${entry.url}": ${reason}. Compose again with its URL.`;
      throw new DeskgraphError('SUPERGRAPH_INVALID', message, { cause });
    }
  }

  /** All of them end, even when one fails to. */
  async #release(keys: readonly string[]): Promise<void> {
    const unused: SubgraphTransport[] = [];
    for (const key of keys) {
      const pooled = this.#pooled.get(key);
      if (pooled === undefined || --pooled.users > 0) continue;
      this.#pooled.delete(key);
      unused.push(pooled.transport);
    }
    const ends = await Promise.allSettled(unused.map((transport) => transport[Symbol.asyncDispose]()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
}
