import type { Principal } from '@deskgraph/plugin-sdk';
import type { CallerContext } from '../../gateway-core.js';
import { Departures } from '../../subgraphs/departures.js';

/** The context of one operation. The abort signal is made when somebody first asks for it. */
export class Caller implements CallerContext {
  /** Declared only: the property is absent, not undefined, when there is none. */
  declare readonly traceparent?: string;
  readonly departures = new Departures();
  #controller: AbortController | undefined;

  constructor(
    readonly requestId: string,
    readonly principal: Principal | null,
    traceparent: string | undefined,
  ) {
    if (traceparent !== undefined) this.traceparent = traceparent;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.departures.over;
  }

  /** Nobody waits for the answer any more. */
  abort(): void {
    this.departures.leaveAll();
    this.#controller?.abort();
  }
}
