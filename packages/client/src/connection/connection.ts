import { callOut } from '../call-out.js';
import type { ResolvedOptions } from '../options.js';
import { SubscriptionError } from '../subscription.js';
import { Backoff } from './backoff.js';
import { type ConnectionEnd, judgeEnd } from './close-verdict.js';
import type { ConnectionListener, ConnectionState } from './connection-state.js';
import { Session } from './session.js';
import { onWake } from './wake.js';

/** A connection that lasted so long was a good one: the next failure is the first again. */
const soundMs = 5_000;

/** Somebody who needs the connection. */
export interface ConnectionUser {
  /** There is one: ask for what is needed. */
  connected(session: Session): void;
  /** It is gone; another may come. */
  disconnected(): void;
  /** None will come; the user has left by then. */
  refused(error: SubscriptionError): void;
}

/**
 * The one connection that all subscriptions share: made when the first needs it, made again after each loss, closed
 * when the last has left.
 */
export class Connection {
  readonly #options: ResolvedOptions;
  readonly #backoff: Backoff;
  readonly #users = new Set<ConnectionUser>();
  readonly #listeners = new Set<ConnectionListener>();
  readonly #stopWatching: () => void;
  #state: ConnectionState = { kind: 'idle' };
  /** Of the attempt that runs, or the connection that stands. */
  #session: Session | undefined;
  /** What happens next by itself: the next attempt, the end of an attempt, or the end of an idle connection. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #liveSince = 0;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.retry);
    this.#stopWatching = onWake((reason) => this.#wake(reason === 'network'));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Calls the listener now and at each change. @returns what stops it */
  listen(listener: ConnectionListener): () => void {
    const own: ConnectionListener = (state) => callOut(() => listener(state));
    this.#listeners.add(own);
    own(this.#state);
    return () => this.#listeners.delete(own);
  }

  /** @throws TypeError after `dispose` */
  add(user: ConnectionUser): void {
    if (this.#state.kind === 'disposed') throw new TypeError('The client was disposed of.');
    this.#users.add(user);
    if (this.#state.kind === 'idle' || this.#state.kind === 'refused') this.#connect();
    if (this.#state.kind === 'live') {
      clearTimeout(this.#timer);
      user.connected(this.#session as Session);
    }
  }

  remove(user: ConnectionUser): void {
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    if (this.#state.kind === 'live') this.#after(this.#options.idleCloseMs, () => this.#rest());
    if (this.#state.kind === 'connecting' || this.#state.kind === 'offline') this.#rest();
  }

  /** Ends it for good. Idempotent. */
  dispose(): void {
    if (this.#state.kind === 'disposed') return;
    this.#stopWatching();
    this.#users.clear();
    this.#leave();
    this.#enter({ kind: 'disposed' });
    this.#listeners.clear();
  }

  #connect(): void {
    const { connectMs } = this.#options;
    this.#leave();
    this.#after(connectMs, () => this.#lose({ reason: `no connection within ${connectMs} ms` }));
    const attempt: ConnectionState = { kind: 'connecting', attempt: this.#backoff.failures + 1 };
    this.#enter(attempt);
    void this.#open(() => this.#state === attempt);
  }

  /** Fetches the token first: an open socket has only 3 s to say whose it is. */
  async #open(isWanted: () => boolean): Promise<void> {
    try {
      const token = await this.#options.token();
      if (!isWanted()) return;
      const authorization = token === undefined ? undefined : `Bearer ${token}`;
      const session: Session = new Session(this.#options, authorization, {
        onReady: () => this.#stand(),
        onEnd: (end) => {
          if (session === this.#session) this.#lose(end);
        },
      });
      this.#session = session;
    } catch (error) {
      if (isWanted()) this.#lose({ reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #stand(): void {
    clearTimeout(this.#timer);
    this.#liveSince = Date.now();
    this.#enter({ kind: 'live' });
    for (const user of [...this.#users]) if (this.#session !== undefined) user.connected(this.#session);
  }

  /** The connection, or the attempt at one, has failed. */
  #lose(end: ConnectionEnd): void {
    if (this.#state.kind === 'live' && Date.now() - this.#liveSince >= soundMs) this.#backoff.succeeded();
    this.#leave();
    for (const user of this.#users) user.disconnected();
    const verdict = judgeEnd(end);
    if (verdict.kind === 'refused') this.#refuse(verdict.error);
    else if (this.#users.size === 0) this.#enter({ kind: 'idle' });
    else if (this.#backoff.failures >= this.#options.retry.attempts) this.#refuse(lost(end));
    else this.#wait(end.reason, verdict.afterMs);
  }

  #wait(reason: string, advisedMs: number | undefined): void {
    const ownMs = this.#backoff.failed();
    const waitMs = advisedMs ?? ownMs;
    this.#after(waitMs, () => this.#connect());
    this.#enter({ kind: 'offline', retryAt: Date.now() + waitMs, reason });
  }

  #refuse(error: SubscriptionError): void {
    const users = [...this.#users];
    this.#users.clear();
    this.#backoff.succeeded();
    this.#enter({ kind: 'refused', error });
    for (const user of users) user.refused(error);
  }

  /** Nobody needs it. */
  #rest(): void {
    this.#leave();
    this.#enter({ kind: 'idle' });
  }

  #wake(networkChanged: boolean): void {
    const { kind } = this.#state;
    if (networkChanged) this.#backoff.succeeded();
    if (kind === 'offline' || (kind === 'connecting' && networkChanged)) this.#connect();
    else if (kind === 'live' && networkChanged) this.#lose({ reason: 'the network changed' });
  }

  /** Ends what runs, without a word to the users. */
  #leave(): void {
    clearTimeout(this.#timer);
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }

  #after(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

function lost({ reason }: ConnectionEnd): SubscriptionError {
  return new SubscriptionError('CONNECTION_LOST', `The connection failed too often, at last so: ${reason}`);
}
