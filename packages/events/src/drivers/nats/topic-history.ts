import type { PositionedEvent } from '../../event-bus.js';
import { historyGone } from '../../history-gone.js';
import type { Position } from '../../position.js';
import type { JetStreamConnection, LogState } from './jetstream-connection.js';
import type { ReadingSlots } from './reading-slots.js';
import type { RecentEvents } from './recent-events.js';
import { type StoredEvent, storedEvent } from './stored-event.js';
import type { StreamFollower } from './stream-follower.js';
import { StreamReader } from './stream-reader.js';

const pageSize = 500;

/** What history is read from. */
export interface HistorySources {
  readonly connection: JetStreamConnection;
  readonly follower: Pick<StreamFollower, 'epoch' | 'position'>;
  readonly recent: RecentEvents;
  readonly slots: ReadingSlots;
}

/**
 * A topic's events after a position, up to the last one at the time of the call; from memory where that reaches back
 * far enough.
 * @throws DeskgraphError RESUME_GAP, EVENT_BUS_UNAVAILABLE
 */
export async function* topicHistory(
  topic: string,
  after: Position,
  sources: HistorySources,
): AsyncGenerator<PositionedEvent> {
  const { connection, follower, recent, slots } = sources;
  const state = await connection.state();
  checkReach(after, state);
  const here = follower.epoch === state.epoch && follower.position >= state.last;
  const events =
    here && recent.covers(after.sequence)
      ? recentOf(topic, recent.after(after.sequence))
      : storedOf(topic, after.sequence, connection, slots);
  for await (const { event, sequence } of events) {
    if (sequence > state.last) return;
    yield { event, position: { epoch: state.epoch, sequence } };
  }
  // What expired meanwhile may have been left out.
  if (!recent.covers(after.sequence)) checkReach(after, await connection.state());
}

function checkReach({ epoch, sequence }: Position, state: LogState): void {
  if (epoch !== state.epoch || sequence > state.last || sequence < state.first - 1) throw historyGone();
}

/** Taken at once: the memory moves on while the reader reads. */
function recentOf(topic: string, events: Iterable<StoredEvent>): readonly StoredEvent[] {
  return [...events].filter(({ event, forGroup }) => event.topic === topic && forGroup === null);
}

async function* storedOf(
  topic: string,
  after: number,
  connection: JetStreamConnection,
  slots: ReadingSlots,
): AsyncGenerator<StoredEvent> {
  const { eventStream: stream } = connection.subjects;
  const filter = connection.subjects.topic(topic);
  const reader = await slots.run(() => StreamReader.open(connection, { stream, from: { after }, filter }));
  try {
    for (;;) {
      // Not held while the reader of the history takes its time.
      const page = await slots.run(() => reader.page(pageSize));
      if (page.length === 0) return;
      for (const { message, ...delivery } of page) {
        const stored = storedEvent(message, delivery, connection.subjects);
        if (stored !== null && stored.event.topic === topic) yield stored;
      }
    }
  } finally {
    reader.close();
  }
}
