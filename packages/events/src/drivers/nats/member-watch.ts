import type { GroupMember } from './group-record.js';

interface Seen {
  readonly beat: number;
  readonly at: number;
}

/** Tells who is dead by watching, so that clocks need not agree. */
export class MemberWatch {
  readonly #seen = new Map<string, Seen>();

  /** @param now  milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether a member's beat has not grown for as long as its leases last. */
  isDead(id: string, { beat, leaseMs }: GroupMember): boolean {
    const seen = this.#seen.get(id);
    const now = this.now();
    if (seen?.beat === beat) return now - seen.at >= leaseMs;
    this.#seen.set(id, { beat, at: now });
    return false;
  }

  /** Forgets all others, so that they need not be kept for ever. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id);
  }
}
