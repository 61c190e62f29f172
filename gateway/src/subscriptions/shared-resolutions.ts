import type { ExecutionText } from '../execution/executable-operation.js';
import type { StreamEvent } from './event-history.js';

/** Events whose results are kept for those who come to them a little later. */
const maxKept = 1_024;

/**
 * Results of events that several members of a group missed, as after a hub went down: each is resolved once for all who
 * catch up at the same time. Nothing is kept while nobody does.
 */
export class SharedResolutions {
  /** By sequence; oldest first. */
  readonly #results = new Map<number, Promise<ExecutionText>>();
  #catchingUp = 0;

  constructor(private readonly resolve: (event: StreamEvent) => Promise<ExecutionText>) {}

  /** Somebody begins to catch up; disposing says that it is done. */
  begin(): Disposable {
    this.#catchingUp++;
    return {
      [Symbol.dispose]: () => {
        if (--this.#catchingUp === 0) this.#results.clear();
      },
    };
  }

  of(event: StreamEvent): Promise<ExecutionText> {
    const { sequence } = event.position;
    const known = this.#results.get(sequence);
    if (known !== undefined) return known;
    const result = this.resolve(event).then((text): ExecutionText => ({ ...text, isMissed: true }));
    this.#results.set(sequence, result);
    if (this.#results.size > maxKept) {
      for (const oldest of this.#results.keys()) {
        this.#results.delete(oldest);
        break;
      }
    }
    return result;
  }
}
