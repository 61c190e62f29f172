import { setTimeout as delay } from 'node:timers/promises';
import type { OutboxFilter, OutboxReader, OutboxRecord } from '@deskgraph/events/postgres';
import { openOutbox } from '@deskgraph/gateway';
import { Command } from 'commander';
import { since } from '../../events/duration.js';
import { untilEnded } from '../../events/ended-by-signal.js';
import { type EventLineOptions, eventLine } from '../../events/event-line.js';
import { commandLog, type HubOption, hubSettings, withHub } from '../../events/hub-option.js';

interface TailOptions extends HubOption, EventLineOptions {
  readonly type?: string;
  readonly since?: Date;
}

const pollMs = 250;
const pageSize = 500;

/** `deskgraph events tail`. */
export function tailCommand(): Command {
  const command = new Command('tail')
    .description('Events as they are published, until Ctrl-C')
    .argument('[topic]', 'only of this topic; a * at the end stands for any rest; default: all')
    .option('--type <type>', 'only of this type; a * at the end stands for any rest: order.*')
    .option('--since <time>', 'begin with what was published since: 15m, 2h, or a time', since)
    .option('--data', "with the events' data")
    .option('--json', 'one JSON object a line: position, publishedAt, event');
  return withHub(command).action(async (topic: string | undefined, options: TailOptions) => {
    await using outbox = await openOutbox(hubSettings(options), commandLog());
    const { type } = options;
    await untilEnded(async (signal) => {
      const from = options.since === undefined ? await outbox.lastPosition() : 0;
      console.error('Following; Ctrl-C ends it.');
      const filter = { topic, type, since: options.since };
      await follow(outbox, { filter, from, signal }, (record) => console.log(eventLine(record, options)));
    });
  });
}

/** Shows what is published after a position, until the signal aborts. */
async function follow(
  outbox: OutboxReader,
  {
    filter,
    from,
    signal,
  }: { readonly filter: OutboxFilter; readonly from: number; readonly signal: AbortSignal },
  show: (record: OutboxRecord) => void,
): Promise<void> {
  for (let position = from; !signal.aborted; ) {
    const records = await outbox.after(position, filter, pageSize);
    for (const record of records) show(record);
    position = records.at(-1)?.position ?? position;
    if (records.length < pageSize) await delay(pollMs, undefined, { signal }).catch(() => {});
  }
}
