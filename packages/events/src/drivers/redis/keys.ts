/**
 * Names of everything in Redis, all with one hash tag: a cluster keeps them on one master, where a script may touch them
 * together. A business that outgrows one master gets a Redis of its own.
 */
export class Keys {
  readonly #tag: string;

  constructor(prefix: string) {
    this.#tag = `{${prefix}}`;
  }

  /** What scripts build names from. */
  get tag(): string {
    return this.#tag;
  }

  /** Names this storage in positions. */
  get epoch(): string {
    return `${this.#tag}:epoch`;
  }

  /** The log of a partition: what consumer groups read. */
  partition(partition: number): string {
    return `${this.#tag}:p:${partition}`;
  }

  /** The history of a topic, and the channel on which its events are heard. */
  topic(topic: string): string {
    return `${this.#tag}:t:${topic}`;
  }

  /** The names of all groups. */
  get groups(): string {
    return `${this.#tag}:groups`;
  }

  /** A group's generation, types and when it was seen. */
  group(group: string): string {
    return `${this.#tag}:g:${group}`;
  }

  members(group: string): string {
    return `${this.group(group)}:members`;
  }

  leases(group: string): string {
    return `${this.group(group)}:leases`;
  }

  /** Deliveries that failed, by entry. */
  failed(group: string): string {
    return `${this.group(group)}:failed`;
  }

  /** The group's dead letters. */
  dead(group: string): string {
    return `${this.group(group)}:dead`;
  }

  /** Held by who trims the log at the moment. */
  get trimming(): string {
    return `${this.#tag}:trimming`;
  }
}
