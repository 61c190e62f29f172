import type { JetStreamConnection } from './jetstream-connection.js';
import type { RecentEvents } from './recent-events.js';
import { type StoredEvent, storedEvent } from './stored-event.js';
import { StreamReader } from './stream-reader.js';

const pageSize = 500;

/** A stretch of the stream. */
export interface Stretch {
  readonly events: Iterable<StoredEvent>;
  /** Everything up to here is in it. */
  readonly through: number;
}

/** Reads the stream of events forward: from memory where that reaches back far enough, else from the server. */
export class EventScan {
  #reader: StreamReader | null = null;
  /** Where the reader stands. */
  #at = 0;

  constructor(
    private readonly connection: JetStreamConnection,
    private readonly recent: RecentEvents,
  ) {}

  /**
   * Some of what comes after a position.
   * @param frontier  everything up to here was stored before the call
   * @throws DeskgraphError EVENT_BUS_UNAVAILABLE
   */
  async after(position: number, frontier: number): Promise<Stretch> {
    if (this.recent.covers(position)) {
      this.close();
      return { events: this.recent.after(position), through: frontier };
    }
    try {
      return await this.#page(position, frontier);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  async #page(position: number, frontier: number): Promise<Stretch> {
    const { connection } = this;
    if (this.#at !== position) this.close();
    const isNew = this.#reader === null;
    this.#reader ??= await StreamReader.open(connection, {
      stream: connection.subjects.eventStream,
      from: { after: position },
    });
    const page = await this.#reader.page(pageSize);
    const last = page.at(-1);
    if (last === undefined) this.close();
    // An older reader does not know what was stored since it was opened.
    if (last === undefined && !isNew) return this.#page(position, frontier);
    this.#at = last?.sequence ?? Math.max(position, frontier);
    const events = page.flatMap(
      ({ message, ...delivery }) => storedEvent(message, delivery, connection.subjects) ?? [],
    );
    return { events, through: this.#at };
  }
}

/**
 * Chooses events of a stretch, at most `max`.
 * @returns them, and up to where the stretch was looked through
 */
export function scanned(
  { events, through }: Stretch,
  max: number,
  wanted: (event: StoredEvent) => boolean,
): { readonly events: readonly StoredEvent[]; readonly end: number } {
  const chosen: StoredEvent[] = [];
  let end = 0;
  for (const event of events) {
    if (chosen.length === max) return { events: chosen, end };
    end = event.sequence;
    if (wanted(event)) chosen.push(event);
  }
  return { events: chosen, end: Math.max(end, through) };
}
