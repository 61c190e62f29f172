import type { DeadLetter } from '@deskgraph/events';
import { Command } from 'commander';
import { withAdministration } from '../../events/administration.js';
import { count, type HubOption, withHub } from '../../events/hub-option.js';
import { jsonLine } from '../../events/printable.js';
import { table } from '../../events/table.js';

interface DeadLettersOptions extends HubOption {
  readonly group?: string;
  readonly limit: number;
  readonly data?: boolean;
  readonly json?: boolean;
}

/** `deskgraph events dead-letters`. */
export function deadLettersCommand(): Command {
  const command = new Command('dead-letters')
    .description('Events that a group could not handle, oldest first, with the reason')
    .option('--group <group>', 'only of this group')
    .option('-n, --limit <number>', 'at most so many', count, 100)
    .option('--data', "with the events' data")
    .option('--json', 'one JSON object a line: id, group, event, code, reason, deliveries, at')
    .addHelpText(
      'after',
      `
Once the cause is mended:  deskgraph events replay --dead-letters
What need not be handled:  deskgraph events discard ID...`,
    );
  return withHub(command).action((options: DeadLettersOptions) =>
    withAdministration(options, async ({ administration }) => {
      const letters = await administration.deadLetters(options);
      if (options.json) for (const letter of letters) console.log(jsonLine(letter));
      else if (letters.length === 0) console.log('There are no dead letters.');
      else console.log(lettersTable(letters, options.data ?? false));
    }),
  );
}

function lettersTable(letters: readonly DeadLetter[], withData: boolean): string {
  const headings = ['ID', 'GROUP', 'AT', 'TYPE', 'EVENT', 'DELIVERIES', 'CODE', 'REASON'];
  const rows = letters.map(({ id, group, at, event, deliveries, code, reason }) => [
    id,
    group,
    at.replace('T', ' ').slice(0, 19),
    event.type,
    event.id,
    String(deliveries),
    code,
    withData ? `${reason}  ${JSON.stringify(event.data)}` : reason,
  ]);
  return table(headings, rows);
}
