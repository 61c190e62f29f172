import type { Logger, RequestContext } from '@deskgraph/plugin-sdk';
import type { SubgraphCall } from '../embedded-subgraph.js';

/** The resolvers' context of one call into a plugin. Most calls need no signal and no scoped values: made late. */
export class CallContext implements RequestContext {
  #scoped: Map<unknown, unknown> | undefined;
  #expiry: AbortController | undefined;
  #signal: AbortSignal | undefined;
  #expired = false;

  constructor(
    private readonly call: SubgraphCall,
    readonly log: Logger,
  ) {}

  get principal() {
    return this.call.principal;
  }

  get requestId() {
    return this.call.requestId;
  }

  get traceparent() {
    return this.call.traceparent;
  }

  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    this.#expiry = new AbortController();
    if (this.#expired) this.#expiry.abort();
    this.#signal = AbortSignal.any([this.call.signal, this.#expiry.signal]);
    return this.#signal;
  }

  /** The call took too long: nobody waits for it any more. */
  expire(): void {
    this.#expired = true;
    this.#expiry?.abort();
  }

  scoped<Value>(create: (context: RequestContext) => Value): Value {
    this.#scoped ??= new Map();
    if (this.#scoped.has(create)) return this.#scoped.get(create) as Value;
    const value = create(this);
    this.#scoped.set(create, value);
    return value;
  }
}
