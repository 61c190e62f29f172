import type { Administration } from './administration.js';
import { catchUp } from './catch-up.js';
import { countDeadLetters } from './dead-letters.js';
import { readableDuration } from './duration.js';
import { showProgress } from './progress.js';

/** What was given to whom. */
export interface Replayed {
  readonly groups: ReadonlySet<string>;
  /** How many dead letters the groups have, as long as nothing fails again. */
  readonly deadLetters: number;
}

/** Waits, with a progress bar, until groups have handled what they were given; says how it ended. */
export async function reportCatchUp(
  { administration, outbox }: Administration,
  { groups, deadLetters }: Replayed,
  timeoutMs: number,
): Promise<void> {
  const progress = showProgress('handled');
  const end = await catchUp({ administration, outbox, groups, progress, timeoutMs }).finally(() =>
    progress.stop(),
  );
  const again = Math.max(0, (await countDeadLetters(administration, groups)) - deadLetters);
  if (again > 0)
    console.log(
      `${again} could not be handled and ${again === 1 ? 'is a dead letter' : 'are dead letters'}: deskgraph events dead-letters`,
    );
  if (end === 'nobody') console.log('No process consumes them now; they are handled once a hub runs.');
  if (end === 'late')
    console.log(
      `Not all were handled within ${readableDuration(timeoutMs)}; the rest goes on without this command.`,
    );
  if (again > 0 || end === 'late') process.exitCode = 1;
}
