import type { OperationKind } from '../../metrics/metrics.js';
import type { Caller } from '../request/caller.js';

/** One HTTP request on its way through Apollo Server, as its context. */
export interface ExchangeContext {
  /** Apollo Server copies the context object; what is in it stays the same. */
  readonly exchange: Exchange;
}

/** What is learnt about an operation on the way. */
export class Exchange {
  kind: OperationKind = 'unknown';
  /** `OK`, `PARTIAL`, or an error's code. Undefined as long as the gateway has not answered. */
  code: string | undefined;

  constructor(readonly caller: Caller) {}
}
