import { codeOf, passingCodes } from './answer-code.js';
import { callOut } from './call-out.js';
import { Backoff } from './connection/backoff.js';
import type { Connection, ConnectionUser } from './connection/connection.js';
import type { Session, SubscribeMessage } from './connection/session.js';
import type { RetryOptions } from './options.js';
import {
  type Beginning,
  type BeginningCause,
  type Gap,
  type ResultError,
  type SubscribeOptions,
  type Subscription,
  SubscriptionError,
  type SubscriptionRequest,
  type SubscriptionResult,
  type SubscriptionSink,
} from './subscription.js';

/** What a subscription works with. */
export interface SubscriptionSurroundings {
  readonly connection: Connection;
  readonly retry: RetryOptions;
  readonly onGap: (gap: Gap) => void;
  /** Called once, when it is over. */
  readonly onEnd: () => void;
}

/** What is asked of the hub on the connection that stands. */
interface Question {
  /** `extensions.after`; absent where no positions are wanted. */
  readonly after?: string;
  /** The answer's first result tells where the stream begins. */
  awaitsStart: boolean;
  end: () => void;
}

/**
 * A subscription over all connections: after each break it asks for what came after the last position
 * (schema/EVENTS.md, section 6). Results that are told again are left out.
 */
export class ResumingSubscription<Data> implements Subscription, ConnectionUser {
  readonly #backoff: Backoff;
  #position: string | undefined;
  #hasPositions: boolean;
  /** Why the next beginning will be one. */
  #cause: BeginningCause = 'start';
  #hasBegun = false;
  #session: Session | undefined;
  #question: Question | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #suspended = false;
  #over = false;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly sink: SubscriptionSink<Data>,
    private readonly surroundings: SubscriptionSurroundings,
    { after }: SubscribeOptions = {},
  ) {
    this.#backoff = new Backoff(surroundings.retry);
    this.#hasPositions = after !== null;
    this.#position = after ?? undefined;
  }

  get position(): string | undefined {
    return this.#position;
  }

  unsubscribe(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopAsking();
    this.surroundings.connection.remove(this);
    this.surroundings.onEnd();
  }

  /** Takes no results until `goOn`, which gets what came meanwhile. False when that cannot be. */
  suspend(): boolean {
    if (this.#position === undefined || !this.#hasPositions) return false;
    this.#suspended = true;
    this.#stopAsking();
    return true;
  }

  goOn(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#ask();
  }

  connected(session: Session): void {
    if (this.#session === session) return;
    this.#session = session;
    this.#ask();
  }

  disconnected(): void {
    this.#noteBreak();
    this.#stopAsking();
    this.#session = undefined;
  }

  refused(error: SubscriptionError): void {
    this.#finish((sink) => sink.error?.(error));
  }

  /** Ends it as if the hub had. */
  complete(): void {
    this.#finish((sink) => sink.complete?.());
  }

  #ask(): void {
    clearTimeout(this.#pause);
    if (this.#over || this.#suspended || this.#session === undefined) return;
    const question = this.#nextQuestion();
    this.#question = question;
    const ifCurrent =
      <Args extends unknown[]>(answer: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.#question === question) answer(...args);
      };
    question.end = this.#session.subscribe(this.#message(question), {
      next: ifCurrent((result: SubscriptionResult<Data>) => this.#take(result, question)),
      failed: ifCurrent((errors: readonly ResultError[]) => this.#fail(errors, question)),
      complete: ifCurrent(() => this.complete()),
    });
    // Later than `subscribe` returns, so that a sink may use what it returns.
    if (!this.#hasPositions) queueMicrotask(ifCurrent(() => this.#begin(undefined)));
  }

  #nextQuestion(): Question {
    const nothing = { awaitsStart: false, end: () => {} };
    if (!this.#hasPositions) return nothing;
    if (this.#position !== undefined) return { ...nothing, after: this.#position };
    return { ...nothing, after: 'now', awaitsStart: true };
  }

  #message({ after }: Question): SubscribeMessage {
    const { query, variables, operationName } = this.request;
    return {
      query,
      ...(variables ? { variables } : {}),
      ...(operationName ? { operationName } : {}),
      ...(after === undefined ? {} : { extensions: { after } }),
    };
  }

  #stopAsking(): void {
    clearTimeout(this.#pause);
    const question = this.#question;
    this.#question = undefined;
    question?.end();
  }

  #take(result: SubscriptionResult<Data>, question: Question): void {
    const position = positionOf(result);
    if (question.awaitsStart) {
      question.awaitsStart = false;
      this.#hasPositions = position !== undefined;
      this.#begin(position);
      if (tellsOnlyPosition(result) || this.#question !== question) return;
    } else if (position !== undefined) {
      if (position === this.#position) return;
      this.#position = position;
    }
    this.#backoff.succeeded();
    callOut(() => this.sink.next(result));
  }

  #begin(position: string | undefined): void {
    const beginning: Beginning = { cause: this.#cause, ...(position === undefined ? {} : { position }) };
    this.#hasBegun = true;
    this.#position = position;
    callOut(() => this.sink.begin?.(beginning));
    if (beginning.cause === 'start') return;
    callOut(() => this.surroundings.onGap({ ...beginning, request: this.request }));
  }

  /** The hub has ended the answer with errors. */
  #fail(errors: readonly ResultError[], question: Question): void {
    const code = codeOf(errors);
    const mayPass = passingCodes.has(code) && this.#backoff.failures < this.surroundings.retry.attempts;
    if (mayPass) this.#noteBreak();
    this.#question = undefined;
    if (code === 'RESUME_GAP' || (code === 'POSITION_INVALID' && question.after !== 'now')) {
      this.#position = undefined;
      this.#cause = code;
      this.#askSoon();
    } else if (code === 'SUBSCRIPTION_UNSUPPORTED' && question.after !== undefined) {
      this.#hasPositions = false;
      if (question.after !== 'now') this.#cause = 'NOT_RESUMABLE';
      this.#ask();
    } else if (mayPass) {
      this.#askAfter(this.#backoff.failed());
    } else {
      const message = errors[0]?.message ?? 'The hub ended the subscription with an error.';
      this.refused(new SubscriptionError(code, message, errors));
    }
  }

  /** At once, but not again and again at once. */
  #askSoon(): void {
    const isFirst = this.#backoff.failures === 0;
    const waitMs = this.#backoff.failed();
    if (isFirst) this.#ask();
    else this.#askAfter(waitMs);
  }

  #askAfter(ms: number): void {
    this.#pause = setTimeout(() => this.#ask(), ms);
  }

  /** The answer breaks off, or cannot be had: what that means for the next beginning. */
  #noteBreak(): void {
    if (this.#hasBegun && !this.#hasPositions) this.#cause = 'NOT_RESUMABLE';
    if (!this.#hasBegun && this.#position === undefined && this.#cause === 'start') this.#cause = 'late';
  }

  #finish(tell: (sink: SubscriptionSink<Data>) => void): void {
    if (this.#over) return;
    this.unsubscribe();
    callOut(() => tell(this.sink));
  }
}

function positionOf({ extensions }: SubscriptionResult<unknown>): string | undefined {
  const position = extensions?.position;
  return typeof position === 'string' ? position : undefined;
}

function tellsOnlyPosition(result: SubscriptionResult<unknown>): boolean {
  return result.data == null && result.errors === undefined && positionOf(result) !== undefined;
}
