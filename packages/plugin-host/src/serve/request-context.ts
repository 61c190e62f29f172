import type { Logger, RequestContext } from '@deskgraph/plugin-sdk';
import type { SubgraphCall } from '../embedded-subgraph.js';

/** The resolvers' context of one call into a plugin. */
export class CallContext implements RequestContext {
  readonly #scoped = new Map<unknown, unknown>();

  constructor(
    private readonly call: SubgraphCall,
    readonly log: Logger,
  ) {}

  get principal() {
    return this.call.principal;
  }

  get signal() {
    return this.call.signal;
  }

  get requestId() {
    return this.call.requestId;
  }

  scoped<Value>(create: (context: RequestContext) => Value): Value {
    const known = this.#scoped.get(create);
    if (known !== undefined) return known as Value;
    const value = create(this);
    this.#scoped.set(create, value);
    return value;
  }
}
