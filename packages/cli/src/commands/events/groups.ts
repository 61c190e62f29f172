import { Command } from 'commander';
import { withAdministration } from '../../events/administration.js';
import { readableDuration } from '../../events/duration.js';
import { type HubOption, withHub } from '../../events/hub-option.js';
import { jsonLine } from '../../events/printable.js';
import { table } from '../../events/table.js';

interface GroupsOptions extends HubOption {
  readonly json?: boolean;
}

/** `deskgraph events groups`. */
export function groupsCommand(): Command {
  const command = new Command('groups')
    .description('Who consumes events, and how far behind: a plugin is a group, under its id')
    .option('--json', 'one JSON object a line: group, members, lag, lagMs, deadLetters')
    .addHelpText(
      'after',
      `
MEMBERS  processes that consume for the group now
LAG      events published that the group has not finished
OLDEST   how long ago the oldest of them was published
DEAD     events that it could not handle and that were put aside`,
    );
  return withHub(command).action((options: GroupsOptions) =>
    withAdministration(options, async ({ administration }) => {
      const states = await administration.groups();
      if (options.json) for (const state of states) console.log(jsonLine(state));
      else if (states.length === 0) console.log('No group consumes events.');
      else {
        const rows = states.map(({ group, members, lag, lagMs, deadLetters }) => [
          group,
          String(members),
          String(lag),
          lag === 0 ? '-' : readableDuration(lagMs),
          String(deadLetters),
        ]);
        console.log(table(['GROUP', 'MEMBERS', 'LAG', 'OLDEST', 'DEAD'], rows));
      }
    }),
  );
}
