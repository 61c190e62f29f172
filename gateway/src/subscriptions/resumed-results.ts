import type { ExecutionText } from '../execution/executable-operation.js';
import type { StreamEvent } from './event-history.js';
import type { SharedResolutions } from './shared-resolutions.js';

/** What a resumed stream is made of. */
export interface ResumedParts {
  /** Only tells where the stream begins; absent when the client knows. */
  readonly start?: ExecutionText;
  /** What was missed, read as the client takes it. */
  readonly missed: AsyncIterator<StreamEvent>;
  /** The first of it, which was read to see whether the history reaches back. */
  readonly first: IteratorResult<StreamEvent>;
  /** Where the results of what was missed come from. */
  readonly resolutions: SharedResolutions;
  /** What comes meanwhile and after: held back in its bounded queue. */
  readonly live: AsyncIterableIterator<ExecutionText>;
  /** The sequence up to which live results are in the history already. */
  readonly through: number;
  /** Told of each event that was caught up with. */
  readonly onCaughtUp: () => void;
}

/**
 * A subscriber's results from where it was: first what it missed, then what came since, each once and in order
 * (schema/EVENTS.md, section 6.3).
 */
export class ResumedResults implements AsyncIterableIterator<ExecutionText> {
  readonly #results: AsyncGenerator<ExecutionText>;
  #left = false;

  constructor(private readonly parts: ResumedParts) {
    this.#results = this.#read();
  }

  next(): Promise<IteratorResult<ExecutionText>> {
    return this.#results.next();
  }

  /** Leaves at once, also while an event is being read or resolved. */
  async return(): Promise<IteratorResult<ExecutionText>> {
    this.#left = true;
    await this.parts.live.return?.();
    void this.parts.missed.return?.();
    void this.#results.return(undefined);
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async *#read(): AsyncGenerator<ExecutionText> {
    const { start, live } = this.parts;
    if (start !== undefined) yield start;
    const through = yield* this.#catchUp();
    for await (const result of live) {
      if (result.position !== undefined && result.position.sequence <= through) continue;
      yield result;
    }
  }

  /** @returns the sequence up to which the client has everything */
  async *#catchUp(): AsyncGenerator<ExecutionText, number> {
    const { missed, first, resolutions, onCaughtUp } = this.parts;
    let { through } = this.parts;
    using _catchingUp = resolutions.begin();
    for (let event = first; !event.done && !this.#left; event = await missed.next()) {
      through = event.value.position.sequence;
      onCaughtUp();
      yield await resolutions.of(event.value);
    }
    return through;
  }
}
