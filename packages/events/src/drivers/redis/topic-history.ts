import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { PositionedEvent } from '../../event-bus.js';
import { historyGone } from '../../history-gone.js';
import type { Position } from '../../position.js';
import type { Keys } from './keys.js';
import { retentionMs } from './publish-script.js';

const pageSize = 500;

/** What is known of a topic's history at one moment. */
interface Extent {
  readonly epoch: string;
  /** Number of the first event that is kept; null without any. */
  readonly first: number | null;
  readonly last: number | null;
  /** Whether events before the first one were dropped. */
  readonly trimmed: boolean;
  /** The server's clock. */
  readonly nowMs: number;
}

/** The number of an event by its id, `<ms>-<number within the ms>`: microseconds, of which few are needed. */
export function sequenceOf(id: string): number {
  const dash = id.indexOf('-');
  return Number(id.slice(0, dash)) * 1000 + Number(id.slice(dash + 1));
}

const idOf = (sequence: number) => `${Math.floor(sequence / 1000)}-${sequence % 1000}`;

/** The histories of topics in Redis: a stream for each, whose ids are the events' places. */
export class TopicHistory {
  constructor(
    private readonly redis: Redis,
    private readonly keys: Keys,
  ) {}

  /** The storage's name; given anew when the storage was lost. */
  async epoch(): Promise<string> {
    const fresh = randomBytes(8).toString('hex');
    return (await this.redis.set(this.keys.epoch, fresh, 'NX', 'GET')) ?? fresh;
  }

  /** Where the next event of the topic comes after. */
  async end(topic: string): Promise<Position> {
    const { epoch, last, nowMs } = await this.#extent(topic);
    return { epoch, sequence: last ?? nowMs * 1000 - 1 };
  }

  /** @throws DeskgraphError RESUME_GAP */
  async *after(topic: string, { epoch, sequence }: Position): AsyncGenerator<PositionedEvent> {
    const extent = await this.#extent(topic);
    if (epoch !== extent.epoch || !reachesBack(extent, sequence)) throw historyGone();
    const { last } = extent;
    if (last === null) return;
    const through = idOf(last);
    for (let after = sequence; after < last; ) {
      const page = await this.redis.xrange(
        this.keys.topic(topic),
        `(${idOf(after)}`,
        through,
        'COUNT',
        pageSize,
      );
      for (const [id, [, text]] of page) {
        after = sequenceOf(id);
        yield { event: JSON.parse(text as string), position: { epoch, sequence: after } };
      }
      if (page.length < pageSize) return;
    }
  }

  async #extent(topic: string): Promise<Extent> {
    const stream = this.keys.topic(topic);
    const epoch = await this.epoch();
    const answers = await this.redis.pipeline().call('XINFO', 'STREAM', stream).time().exec();
    const [[missing, info], [, time]] = answers as [[Error | null, unknown[]], [null, [string, string]]];
    const nowMs = Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000);
    if (missing !== null) {
      if (!missing.message.includes('no such key')) throw missing;
      return { epoch, first: null, last: null, trimmed: false, nowMs };
    }
    const field = (name: string) => info[info.indexOf(name) + 1];
    return {
      epoch,
      first: sequenceOf((field('first-entry') as [string] | null)?.[0] ?? ''),
      last: sequenceOf(String(field('last-generated-id'))),
      trimmed: Number(field('entries-added')) > Number(field('length')),
      nowMs,
    };
  }
}

/** Whether everything after the place is still there, as far as can be known. */
function reachesBack({ first, last, trimmed, nowMs }: Extent, sequence: number): boolean {
  // A silent topic keeps no history; one that had events less long ago than they are kept would.
  if (first === null || last === null) {
    return isRecent(sequence, nowMs * 1000) && sequence < (nowMs + 1) * 1000;
  }
  if (sequence > last) return false;
  if (sequence >= first) return true;
  // Before the history's beginning the topic was silent for as long as events are kept: nothing is missing there.
  return !trimmed && isRecent(sequence, first);
}

function isRecent(sequence: number, reference: number): boolean {
  return sequence >= reference - retentionMs * 1000;
}
