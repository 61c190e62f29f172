import { createHash } from 'node:crypto';
import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { compileOperation } from '../execution/compile-operation.js';
import type { PlanContext } from '../execution/plan-context.js';
import type { OperationSource, Preparation } from '../supergraph/generation.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import { compileVariableCoercion } from './coerce-variables.js';
import { type ParsedOperation, parseOperation } from './parse-operation.js';
import { needsPlan, plannable } from './plannable.js';
import type { Planner, QueryPlan } from './planner.js';
import type { PreparedOperation } from './prepared-operation.js';
import { subscriptionSource } from './subscription-source.js';

/** What operations are prepared against: one generation. */
export interface OperationStoreOptions extends PlanContext {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  /** Operations kept, least recently used out first. Default 1000. */
  readonly maxOperations?: number;
}

/** An operation that is worth preparing before a generation takes over. */
export interface HotOperation {
  readonly source: OperationSource;
  readonly authorizationClass: string;
}

interface StoredOperation extends HotOperation {
  readonly preparation: Promise<Preparation>;
  uses: number;
}

/** The prepared operations of one generation: bounded, and each prepared once however many ask at a time. */
export class OperationStore {
  readonly #operations: LRUCache<string, StoredOperation>;

  constructor(private readonly options: OperationStoreOptions) {
    this.#operations = new LRUCache({ max: options.maxOperations ?? 1000 });
  }

  /** Never rejects: a failure is a refusal with a code. Refusals are not kept. */
  prepare(source: OperationSource, authorizationClass: string): Promise<Preparation> {
    const key = `${authorizationClass}\n${source.operationName ?? ''}\n${source.query}`;
    const known = this.#operations.get(key);
    if (known !== undefined) {
      known.uses++;
      return known.preparation;
    }
    const preparation = this.#prepare(source).then((outcome) => {
      if (outcome.kind === 'refused') this.#operations.delete(key);
      return outcome;
    });
    this.#operations.set(key, { source, authorizationClass, preparation, uses: 1 });
    return preparation;
  }

  /** The operations used most, most used first. */
  hottest(count: number): HotOperation[] {
    return [...this.#operations.values()].sort((a, b) => b.uses - a.uses).slice(0, count);
  }

  /** Prepares operations ahead of their first use; those that are no longer valid are passed over. */
  async warm(operations: readonly HotOperation[]): Promise<void> {
    await Promise.all(
      operations.map(({ source, authorizationClass }) => this.prepare(source, authorizationClass)),
    );
  }

  async #prepare(source: OperationSource): Promise<Preparation> {
    const parsed = parseOperation(source, this.options.supergraph.publicSchema);
    if (parsed.kind === 'refused') return parsed;
    try {
      return { kind: 'prepared', operation: this.#compile(source, parsed, await this.#plan(parsed)) };
    } catch (error) {
      return { kind: 'refused', errors: [planningError(error)] };
    }
  }

  async #plan(parsed: ParsedOperation): Promise<QueryPlan | null> {
    if (!needsPlan(parsed.document, parsed.definition, this.options.supergraph.publicSchema)) return null;
    const text = print(plannable(parsed.document));
    return this.options.planner.plan(text, parsed.definition.name?.value ?? null);
  }

  #compile(source: OperationSource, parsed: ParsedOperation, plan: QueryPlan | null): PreparedOperation {
    const { document, definition } = parsed;
    const { supergraph } = this.options;
    const schema = supergraph.publicSchema;
    const origin = subscriptionSource(plan?.node ?? null, parsed, supergraph);
    return {
      hash: createHash('sha256')
        .update(`${source.operationName ?? ''}\n${source.query}`)
        .digest('hex'),
      kind: definition.operation,
      document,
      definition,
      executable: compileOperation({ ...this.options, plan, document, definition, schema }),
      coerceVariables: compileVariableCoercion(schema, definition),
      ...(origin === undefined ? {} : { source: origin }),
    };
  }
}

function planningError(error: unknown) {
  const known = isDeskgraphError(error)
    ? error
    : new DeskgraphError('PLAN_FAILED', 'The operation could not be compiled.', { cause: error });
  return { message: known.message, extensions: { code: known.code } };
}
