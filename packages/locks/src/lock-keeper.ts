/** What keeps locks, one attempt at a time; `TimedLocks` does the waiting and renewing. */
export interface LockKeeper {
  /**
   * Tries once.
   * @param owner  names this holding; nobody else has it
   * @returns the fencing token and how long the lock is surely held from the call's begin, in ms; null when somebody
   *   else holds it
   * @throws DeskgraphError LOCK_UNAVAILABLE
   */
  take(name: string, owner: string, ttlMs: number): Promise<Holding | null>;
  /**
   * Renews it. @returns how long it is surely held from the call's begin; null when it is not this owner's any more
   * @throws DeskgraphError LOCK_UNAVAILABLE
   */
  extend(name: string, owner: string, ttlMs: number): Promise<number | null>;
  /** Gives it back if it is this owner's. */
  give(name: string, owner: string): Promise<void>;
  close(): Promise<void>;
}

/** A lock that was had. */
export interface Holding {
  readonly token: number;
  readonly validMs: number;
}
