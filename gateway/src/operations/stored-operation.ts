import { LRUCache } from 'lru-cache';
import type { OperationSource, Preparation } from '../supergraph/generation.js';
import { Conditions, decideConditions } from './conditions.js';
import type { HotOperation } from './operation-store.js';
import { type ParsedOperation, parseOperation } from './parse-operation.js';
import { type PreparationContext, prepareOperation } from './prepare-operation.js';

/** Variants of one operation kept at once; with k condition variables there may be 2^k. */
const maxVariants = 16;

/** One combination of condition values. */
interface Variant {
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly preparation: Promise<Preparation>;
}

/** An operation's text, parsed once, and its prepared variants. */
export class StoredOperation {
  uses = 0;
  readonly #parsed: ReturnType<typeof parseOperation>;
  readonly #conditions: Conditions | null;
  readonly #variants = new LRUCache<string, Variant>({ max: maxVariants });

  constructor(
    private readonly source: OperationSource,
    private readonly authorizationClass: string,
    private readonly context: PreparationContext,
  ) {
    this.#parsed = parseOperation(source, context.supergraph.publicSchema);
    this.#conditions = this.#parsed.kind === 'parsed' ? Conditions.of(this.#parsed) : null;
  }

  /** True when nothing of it can be used: not valid, or no variant could be prepared. */
  get isUseless(): boolean {
    return this.#variants.size === 0;
  }

  async prepare(variables: OperationSource['variables']): Promise<Preparation> {
    this.uses++;
    if (this.#parsed.kind === 'refused' || this.#conditions === null) return this.#parsed as Preparation;
    const conditions = this.#conditions.valuesOf(variables);
    const key = Object.values(conditions).join();
    let variant = this.#variants.get(key);
    if (variant === undefined) {
      variant = { conditions, preparation: this.#prepare(this.#parsed, conditions) };
      this.#variants.set(key, variant);
    }
    const preparation = await variant.preparation;
    if (preparation.kind === 'refused') this.#variants.delete(key);
    return preparation;
  }

  /** Its variants, each as a source that prepares it. */
  hotOperations(): HotOperation[] {
    return [...this.#variants.values()].map(({ conditions }) => ({
      source: { ...this.source, variables: conditions },
      authorizationClass: this.authorizationClass,
    }));
  }

  #prepare(parsed: ParsedOperation, conditions: Variant['conditions']): Promise<Preparation> {
    return prepareOperation(this.source, decideConditions(parsed, conditions), parsed, this.context);
  }
}
