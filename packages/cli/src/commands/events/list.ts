import { openOutbox } from '@deskgraph/gateway';
import { Command } from 'commander';
import { since } from '../../events/duration.js';
import { type EventLineOptions, eventLine } from '../../events/event-line.js';
import { commandLog, count, type HubOption, hubSettings, withHub } from '../../events/hub-option.js';

interface ListOptions extends HubOption, EventLineOptions {
  readonly type?: string;
  readonly topic?: string;
  readonly since?: Date;
  readonly limit: number;
}

/** `deskgraph events list`. */
export function listCommand(): Command {
  const command = new Command('list')
    .description('The last events published, oldest first; they are kept for 24 hours')
    .option('--type <type>', 'only of this type; a * at the end stands for any rest: order.*')
    .option('--topic <topic>', 'only of this topic; a * at the end stands for any rest')
    .option(
      '--since <time>',
      'only published since: 15m, 2h, 1d, or a time such as 2026-01-31T08:00:00Z',
      since,
    )
    .option('-n, --limit <number>', 'at most so many, the last ones', count, 50)
    .option('--data', "with the events' data")
    .option('--json', 'one JSON object a line: position, publishedAt, event');
  return withHub(command).action(async (options: ListOptions) => {
    await using outbox = await openOutbox(hubSettings(options), commandLog());
    for (const record of await outbox.latest(options, options.limit)) console.log(eventLine(record, options));
  });
}
