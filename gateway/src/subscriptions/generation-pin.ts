import { errorCatalogue } from '@deskgraph/plugin-sdk';
import type { ClientError } from '../execution/executable-operation.js';
import type { PreparedSubscription, SubscriptionRequest, SwapSource } from './subscription.js';

/**
 * What became of a renewal. `kept`: there is nothing newer, or it cannot be had now. `moved`: the stream is on the
 * newer generation; `from` is where it was. `invalid`: the operation does not fit the newer supergraph.
 */
export type Renewal =
  | { readonly kind: 'kept' }
  | { readonly kind: 'moved'; readonly from: PreparedSubscription }
  | { readonly kind: 'invalid'; readonly errors: readonly ClientError[] };

const kept: Renewal = { kind: 'kept' };

/** The generation that a stream runs on: kept alive while it does, changed for a newer one on request. */
export class GenerationPin {
  #current: PreparedSubscription;
  /** Null once released. */
  #hold: Disposable | null;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly swaps: SwapSource,
  ) {
    this.#current = request;
    this.#hold = request.generation.enter();
  }

  get current(): PreparedSubscription {
    return this.#current;
  }

  get outdated(): boolean {
    return this.#current.generation !== this.swaps.current;
  }

  /** Rejects only when preparing does; the stream is then where it was. */
  async renew(): Promise<Renewal> {
    if (!this.outdated) return kept;
    const renewed = await this.request.renew();
    if ('errors' in renewed) return isPassing(renewed.errors) ? kept : { kind: 'invalid', ...renewed };
    // Outdated already: the next swap asks again. Entered in the same turn as it is checked, so it is alive.
    if (renewed.generation !== this.swaps.current || this.#hold === null) return kept;
    const from = this.#current;
    this.#hold[Symbol.dispose]();
    this.#hold = renewed.generation.enter();
    this.#current = renewed;
    return { kind: 'moved', from };
  }

  release(): void {
    this.#hold?.[Symbol.dispose]();
    this.#hold = null;
  }
}

/** No planner at the moment says nothing against the operation. */
function isPassing(errors: readonly ClientError[]): boolean {
  return errors.every(({ extensions: { code } }) => {
    const entry = Object.hasOwn(errorCatalogue, code)
      ? errorCatalogue[code as keyof typeof errorCatalogue]
      : null;
    return entry?.retryable === true;
  });
}
