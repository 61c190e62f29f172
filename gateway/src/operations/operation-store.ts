import { LRUCache } from 'lru-cache';
import type { OperationSource, Preparation } from '../supergraph/generation.js';
import type { PreparationContext } from './prepare-operation.js';
import { StoredOperation } from './stored-operation.js';

/** What operations are prepared against: one generation. */
export interface OperationStoreOptions extends PreparationContext {
  /** Operations kept, least recently used out first. Default 1000. */
  readonly maxOperations?: number;
}

/** An operation that is worth preparing before a generation takes over. */
export interface HotOperation {
  readonly source: OperationSource;
  readonly authorizationClass: string;
}

/** The prepared operations of one generation: bounded, and each prepared once however many ask at a time. */
export class OperationStore {
  readonly #operations: LRUCache<string, StoredOperation>;

  constructor(private readonly context: OperationStoreOptions) {
    this.#operations = new LRUCache({ max: context.maxOperations ?? 1000 });
  }

  /** Never rejects: a failure is a refusal with a code. Refusals are not kept. */
  async prepare(source: OperationSource, authorizationClass: string): Promise<Preparation> {
    const key = `${authorizationClass}\n${source.operationName ?? ''}\n${source.query}`;
    let stored = this.#operations.get(key);
    if (stored === undefined) {
      stored = new StoredOperation(source, authorizationClass, this.context);
      this.#operations.set(key, stored);
    }
    const preparation = await stored.prepare(source.variables);
    if (preparation.kind === 'refused' && stored.isUseless) this.#operations.delete(key);
    return preparation;
  }

  /** The operations used most, most used first, with the conditions they were last used with. */
  hottest(count: number): HotOperation[] {
    const byUse = [...this.#operations.values()].sort((a, b) => b.uses - a.uses);
    return byUse.flatMap((stored) => stored.hotOperations()).slice(0, count);
  }

  /** Prepares operations ahead of their first use; those that are no longer valid are passed over. */
  async warm(operations: readonly HotOperation[]): Promise<void> {
    await Promise.all(
      operations.map(({ source, authorizationClass }) => this.prepare(source, authorizationClass)),
    );
  }
}
