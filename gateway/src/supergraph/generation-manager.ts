import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { TypeIndex } from '../execution/type-index.js';
import { OperationStore } from '../operations/operation-store.js';
import type { Planner } from '../operations/planner.js';
import type { PlannerFleet } from '../operations/planner-fleet.js';
import type { Generation, Generations } from './generation.js';
import { readSupergraph } from './read-supergraph.js';
import { ServingGeneration } from './serving-generation.js';
import type { Supergraph } from './supergraph.js';
import { type Connect, TransportPool } from './transport-pool.js';

/** What generations are built with. */
export interface GenerationManagerOptions {
  readonly fleet: PlannerFleet;
  readonly connect: Connect;
  readonly log: Logger;
  /** Operations prepared on the next generation before it takes over; default 100. */
  readonly warmOperations?: number;
  /** Longest warm-up; default 10 000 ms. What is not prepared by then is prepared when it is asked for. */
  readonly warmTimeoutMs?: number;
}

/** Builds, warms, swaps and drains generations, one load after the other. */
export class GenerationManager implements Generations {
  readonly #transports: TransportPool;
  readonly #listeners = new Set<(generation: Generation) => void>();
  readonly #alive = new Set<ServingGeneration>();
  #current: ServingGeneration | null = null;
  #loading: Promise<unknown> = Promise.resolve();
  #lastNumber = 0;
  #disposed = false;

  private constructor(private readonly options: GenerationManagerOptions) {
    this.#transports = new TransportPool(options.connect);
  }

  /** @throws DeskgraphError SUPERGRAPH_INVALID | PLANNER_UNAVAILABLE */
  static async start(supergraphSdl: string, options: GenerationManagerOptions): Promise<GenerationManager> {
    const manager = new GenerationManager(options);
    await manager.load(supergraphSdl);
    return manager;
  }

  get current(): Generation {
    if (this.#current === null) throw new TypeError('no generation is loaded yet');
    return this.#current;
  }

  onSwap(listener: (generation: Generation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  load(supergraphSdl: string): Promise<'swapped' | 'unchanged'> {
    const loading = this.#loading.then(() => this.#load(supergraphSdl));
    this.#loading = loading.catch(() => {});
    return loading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#loading;
    await Promise.all([...this.#alive].map((generation) => generation.end()));
  }

  async #load(supergraphSdl: string): Promise<'swapped' | 'unchanged'> {
    if (this.#disposed) throw new DeskgraphError('PLANNER_UNAVAILABLE', 'The gateway is stopping.');
    const supergraph = readSupergraph(supergraphSdl);
    if (supergraph.hash === this.#current?.supergraph.hash) return 'unchanged';
    const next = await this.#build(supergraph);
    if (this.#current !== null) await this.#warm(next, this.#current);
    this.#swap(next);
    this.options.log.info(
      { generation: next.number, subgraphs: [...supergraph.subgraphs.keys()] },
      `supergraph generation ${next.number} is in service`,
    );
    return 'swapped';
  }

  /** A listener that fails must not keep the old generation alive, nor the new one out of service. */
  #swap(next: ServingGeneration): void {
    const previous = this.#current;
    this.#current = next;
    for (const listener of this.#listeners) {
      try {
        listener(next);
      } catch (error) {
        this.options.log.error({ error }, 'a listener to supergraph swaps failed');
      }
    }
    previous?.retire();
  }

  async #build(supergraph: Supergraph): Promise<ServingGeneration> {
    const planner = await this.options.fleet.planner(supergraph.sdl);
    const acquired = await this.#transports
      .acquire(supergraph.subgraphs.values())
      .catch((error: unknown) => endThenThrow(planner, error));
    const { transports, release } = acquired;
    const types = TypeIndex.fromSupergraph(supergraph.sdl);
    const operations = new OperationStore({ supergraph, planner, transports, types });
    const generation: ServingGeneration = new ServingGeneration(
      ++this.#lastNumber,
      supergraph,
      transports,
      operations,
      async () => {
        this.#alive.delete(generation);
        const ends = await Promise.allSettled([planner[Symbol.asyncDispose](), release()]);
        for (const end of ends) if (end.status === 'rejected') this.#reportEnd(generation, end.reason);
      },
    );
    this.#alive.add(generation);
    return generation;
  }

  #reportEnd(generation: ServingGeneration, error: unknown): void {
    this.options.log.error({ error, generation: generation.number }, 'a generation did not end cleanly');
  }

  async #warm(next: ServingGeneration, previous: ServingGeneration): Promise<void> {
    const operations = previous.hottest(this.options.warmOperations ?? 100);
    if (operations.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.options.warmTimeoutMs ?? 10_000);
    });
    await Promise.race([next.warm(operations), timeout]);
    clearTimeout(timer);
    this.options.log.debug({ generation: next.number, operations: operations.length }, 'warmed');
  }
}

async function endThenThrow(planner: Planner, error: unknown): Promise<never> {
  await planner[Symbol.asyncDispose]();
  throw error;
}
