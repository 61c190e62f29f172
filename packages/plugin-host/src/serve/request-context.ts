import type { Logger, RequestContext } from '@deskgraph/plugin-sdk';
import type { SubgraphCall } from '../embedded-subgraph.js';

/** The resolvers' context of one call into a plugin. Most calls need no signal and no scoped values: made late. */
export class CallContext implements RequestContext {
  #scoped: Map<unknown, unknown> | undefined;
  #abort: AbortController | undefined;
  #expired = false;
  #unlink: (() => void) | undefined;

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
    if (this.#abort !== undefined) return this.#abort.signal;
    this.#abort = new AbortController();
    if (this.#expired || this.call.signal.aborted) this.#abort.abort();
    else this.#link(this.#abort);
    return this.#abort.signal;
  }

  /** The call took too long: nobody waits for it any more. */
  expire(): void {
    this.#expired = true;
    this.#abort?.abort();
  }

  /** The call is over. */
  end(): void {
    this.#unlink?.();
  }

  scoped<Value>(create: (context: RequestContext) => Value): Value {
    this.#scoped ??= new Map();
    if (this.#scoped.has(create)) return this.#scoped.get(create) as Value;
    const value = create(this);
    this.#scoped.set(create, value);
    return value;
  }

  /** Not AbortSignal.any: on Node 20 that keeps its listener as long as the client's signal lives. */
  #link(abort: AbortController): void {
    const { signal } = this.call;
    const giveUp = () => abort.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#unlink = () => signal.removeEventListener('abort', giveUp);
  }
}
