import type { EventHandler } from '../event-bus.js';

/** One `consume` call of this process. */
export interface Member {
  readonly types: ReadonlySet<string>;
  readonly handler: EventHandler;
  /** Deliveries that have not ended. */
  readonly running: Set<Promise<unknown>>;
}

/** The consumers of one group in this process; they take events in turn. */
export class GroupMembers {
  readonly #members = new Set<Member>();
  #types: ReadonlySet<string> = new Set();
  #turn = 0;

  /** All types that somebody here takes. */
  get types(): ReadonlySet<string> {
    return this.#types;
  }

  get size(): number {
    return this.#members.size;
  }

  add(types: readonly string[], handler: EventHandler): Member {
    const member: Member = { types: new Set(types), handler, running: new Set() };
    this.#members.add(member);
    this.#collectTypes();
    return member;
  }

  remove(member: Member): void {
    this.#members.delete(member);
    this.#collectTypes();
  }

  /** Whose turn it is; undefined when nobody here takes the type. */
  next(type: string): Member | undefined {
    const interested = [...this.#members].filter(({ types }) => types.has(type));
    return interested[this.#turn++ % interested.length];
  }

  #collectTypes(): void {
    this.#types = new Set([...this.#members].flatMap(({ types }) => [...types]));
  }
}
