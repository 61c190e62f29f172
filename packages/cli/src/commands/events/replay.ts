import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { Command, Option } from 'commander';
import { type Administration, withAdministration } from '../../events/administration.js';
import { chosenDeadLetters, countDeadLetters } from '../../events/dead-letters.js';
import { duration, since } from '../../events/duration.js';
import { type HubOption, withHub } from '../../events/hub-option.js';
import { type Replayed, reportCatchUp } from '../../events/report-catch-up.js';

interface ReplayOptions extends HubOption {
  readonly deadLetters?: boolean;
  readonly group?: string;
  readonly since?: Date;
  /** `--no-wait` makes it false. */
  readonly wait: boolean;
  readonly waitFor: number;
}

const redeliverAtOnce = 500;

/** `deskgraph events replay`. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('Have events handled again: dead letters, or all that a group was to handle since a time')
    .argument('[ids...]', 'dead letters, as "dead-letters" shows them; default: all')
    .option('--dead-letters', 'hand dead letters to their groups again, behind what waits there')
    .option('--group <group>', 'the group; with --dead-letters, only its dead letters')
    .option('--since <time>', 'how far back: 15m, 2h, 1d, or a time such as 2026-01-31T08:00:00Z', since)
    .option('--no-wait', 'do not wait until they are handled')
    .addOption(longestWait())
    .addHelpText(
      'after',
      `
  deskgraph events replay --dead-letters [--group GROUP] [ID...]
  deskgraph events replay --group GROUP --since 2h

The second one makes the group handle again what it has handled already, and its effects happen again: make sure that
they may. Ends with 1 when there are dead letters again, or when the wait was too short.`,
    );
  return withHub(command).action((ids: readonly string[], options: ReplayOptions) => {
    const begin = beginning(ids, options);
    return withAdministration(options, async (opened) => {
      const replayed = await begin(opened);
      if (replayed.groups.size > 0 && options.wait) await reportCatchUp(opened, replayed, options.waitFor);
    });
  });
}

/** What has events handled again. */
type Beginning = (opened: Administration) => Promise<Replayed>;

/** @throws DeskgraphError BAD_USER_INPUT when both ways are meant, or none is said completely */
function beginning(ids: readonly string[], { deadLetters, group, since: from }: ReplayOptions): Beginning {
  const ofDeadLetters = deadLetters || ids.length > 0;
  if (ofDeadLetters && from === undefined) return (opened) => redeliver(opened, { ids, group });
  if (!ofDeadLetters && from !== undefined && group !== undefined) {
    return (opened) => setBack(opened, group, from);
  }
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    'Say either --dead-letters, or --group GROUP --since TIME; see --help.',
  );
}

function longestWait(): Option {
  return new Option('--wait-for <duration>', 'longest wait: 30s, 10m, 2h')
    .argParser(duration)
    .default(600_000, '10m');
}

async function redeliver(
  { administration }: Administration,
  choice: Parameters<typeof chosenDeadLetters>[1],
): Promise<Replayed> {
  const letters = await chosenDeadLetters(administration, choice);
  const groups = new Set(letters.map(({ group }) => group));
  // Before they are handed over: what fails again may be back at once.
  const before = await countDeadLetters(administration, groups);
  let handed = 0;
  for (let begin = 0; begin < letters.length; begin += redeliverAtOnce) {
    const ids = letters.slice(begin, begin + redeliverAtOnce).map(({ id }) => id);
    handed += await administration.redeliver(ids);
  }
  console.log(`${handed} dead letter${handed === 1 ? '' : 's'} handed over again.`);
  return { groups, deadLetters: before - handed };
}

async function setBack({ administration }: Administration, group: string, from: Date): Promise<Replayed> {
  const groups = new Set([group]);
  const deadLetters = await countDeadLetters(administration, groups);
  const events = await administration.replay(group, from);
  console.log(
    `Group ${group} handles ${events} event${events === 1 ? '' : 's'} since ${from.toISOString()} again.`,
  );
  return { groups: events === 0 ? new Set() : groups, deadLetters };
}
