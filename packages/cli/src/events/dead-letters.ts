import type { BusAdministration, DeadLetter } from '@deskgraph/events';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** Which dead letters: those named, or those of a group, or all. */
export interface DeadLetterChoice {
  readonly ids: readonly string[];
  readonly group?: string | undefined;
}

/** More than this are left for the next time. */
const maxChosen = 100_000;

/**
 * The dead letters that are meant.
 * @throws DeskgraphError NOT_FOUND when an id names none, or none of the group
 */
export async function chosenDeadLetters(
  administration: Pick<BusAdministration, 'deadLetters'>,
  { ids, group }: DeadLetterChoice,
): Promise<readonly DeadLetter[]> {
  const all = await administration.deadLetters({ limit: maxChosen, ...(group !== undefined && { group }) });
  if (ids.length === 0) return all;
  const wanted = new Set(ids);
  const chosen = all.filter(({ id }) => wanted.has(id));
  const found = new Set(chosen.map(({ id }) => id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return chosen;
  const whose = group === undefined ? '' : ` of group ${group}`;
  throw new DeskgraphError(
    'NOT_FOUND',
    `There is no dead letter ${missing.join(', ')}${whose}. Nothing was done.`,
  );
}

/** How many dead letters these groups have together. */
export async function countDeadLetters(
  administration: Pick<BusAdministration, 'groups'>,
  groups: ReadonlySet<string>,
): Promise<number> {
  const states = (await administration.groups()).filter(({ group }) => groups.has(group));
  return states.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
}
