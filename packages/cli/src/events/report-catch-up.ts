import type { Administration } from './administration.js';
import { catchUp } from './catch-up.js';
import { readableDuration } from './duration.js';
import { showProgress } from './progress.js';

/** Waits, with a progress bar, until groups have handled what they were given; says how it ended. */
export async function reportCatchUp(
  { administration, outbox }: Administration,
  groups: ReadonlySet<string>,
  timeoutMs: number,
): Promise<void> {
  const dead = async () => {
    const states = await administration.groups();
    return states.reduce((sum, { group, deadLetters }) => sum + (groups.has(group) ? deadLetters : 0), 0);
  };
  const before = await dead();
  const progress = showProgress('handled');
  const end = await catchUp({ administration, outbox, groups, progress, timeoutMs }).finally(() =>
    progress.stop(),
  );
  const again = Math.max(0, (await dead()) - before);
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
