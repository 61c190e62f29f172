/** A lock that is held. */
export interface Lock extends AsyncDisposable {
  readonly name: string;
  /**
   * Fencing token: greater than that of everybody who held the lock before. Write it with what the lock guards, and
   * refuse writes with a smaller one: that is what makes a holder harmless that was paused past its time.
   */
  readonly token: number;
  /** Aborts with LOCK_LOST when the lock could not be kept. Never after `release`. */
  readonly signal: AbortSignal;
  /** Gives it back, if it is still this holder's. Idempotent; never rejects: what is not given back ends by itself. */
  release(): Promise<void>;
}

/** How a lock is asked for. */
export interface LockOptions {
  /** How long it outlives a holder that does not renew it any more, default 10 000 ms. It is renewed three times as often. */
  readonly ttlMs?: number;
  /** How long to wait for it, default 5 000 ms; 0 tries once. */
  readonly waitMs?: number;
  /** Gives the waiting up; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Locks by name: at most one holder at a time, as long as clocks and pauses behave. They thin contention out and save
 * double work. What must never happen twice is decided by the database: by a row's version, or by the token.
 */
export interface LockService {
  /** @throws DeskgraphError LOCK_TIMEOUT when it is not free in time, LOCK_UNAVAILABLE when its keepers cannot be reached */
  acquire(name: string, options?: LockOptions): Promise<Lock>;
  /** Ends the service's connections; locks that are held are given back. Idempotent. */
  close(): Promise<void>;
}

/**
 * Runs work under a lock, and gives it back however the work ends. The work must end soon after `lock.signal` aborts.
 * @throws what `acquire` throws, and what the work does
 */
export async function withLock<T>(
  locks: LockService,
  name: string,
  work: (lock: Lock) => Promise<T>,
  options?: LockOptions,
): Promise<T> {
  await using lock = await locks.acquire(name, options);
  return await work(lock);
}
