import { setTimeout as delay } from 'node:timers/promises';
import type { BusAdministration, GroupState } from '@deskgraph/events';
import type { OutboxReader } from '@deskgraph/events/postgres';
import type { Progress } from './progress.js';

/** How waiting for groups ended. */
export type CatchUpEnd =
  /** They have finished everything that was there when the waiting began. */
  | 'finished'
  /** No process consumes for one of them now. */
  | 'nobody'
  | 'late';

/** What is waited for. */
export interface CatchUp {
  readonly administration: Pick<BusAdministration, 'groups'>;
  readonly outbox: Pick<OutboxReader, 'statistics'>;
  readonly groups: ReadonlySet<string>;
  readonly progress: Progress;
  readonly timeoutMs: number;
}

const pollMs = 250;
/** Ages are told in whole milliseconds. */
const roundingMs = 1;

/**
 * Waits until groups have finished what was stored before this was called. Events that come meanwhile are not waited
 * for: a busy hub is never without lag, so it is the age of the oldest unfinished event that tells.
 */
export async function catchUp(options: CatchUp): Promise<CatchUpEnd> {
  const begun = performance.now();
  const elapsed = () => performance.now() - begun;
  let publishedAt: number | null = null;
  let total = 0;
  for (; elapsed() < options.timeoutMs; await delay(pollMs)) {
    if (publishedAt === null && (await isPublished(options.outbox, elapsed()))) publishedAt = elapsed();
    // Before the groups are asked: an event's age is never taken for less than it was then.
    const waited = publishedAt === null ? 0 : elapsed() - publishedAt;
    const states = await statesOf(options);
    const left = states.reduce((sum, { lag }) => sum + lag, 0);
    total = Math.max(total, left);
    options.progress.update(total - left, total);
    if (publishedAt === null) continue;
    if (states.every(({ lag, lagMs }) => lag === 0 || lagMs < waited - roundingMs)) {
      options.progress.update(total, total);
      return 'finished';
    }
    if (states.some(({ lag, members }) => lag > 0 && members === 0)) return 'nobody';
  }
  return 'late';
}

/** Whether everything is on the bus that waited for it when this began. */
async function isPublished(outbox: Pick<OutboxReader, 'statistics'>, elapsedMs: number): Promise<boolean> {
  return (await outbox.statistics()).oldestMs <= elapsedMs;
}

async function statesOf({ administration, groups }: CatchUp): Promise<readonly GroupState[]> {
  return (await administration.groups()).filter(({ group }) => groups.has(group));
}
