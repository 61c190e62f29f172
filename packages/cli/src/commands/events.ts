import { Command } from 'commander';
import { deadLettersCommand } from './events/dead-letters.js';
import { discardCommand } from './events/discard.js';
import { groupsCommand } from './events/groups.js';
import { listCommand } from './events/list.js';
import { postCommand } from './events/post.js';
import { replayCommand } from './events/replay.js';
import { tailCommand } from './events/tail.js';

/** `deskgraph events`: what operators ask and do about events. */
export function eventsCommand(): Command {
  return new Command('events')
    .description('Look at events and at who consumes them; hand them over again; post them')
    .addHelpText(
      'after',
      `
Beside a running hub, with the same deskgraph.config.yaml and environment (DESKGRAPH_DATA_DIR, DATABASE_URL).
docs/operations.md explains lag, dead letters, replay and webhooks.`,
    )
    .addCommand(listCommand())
    .addCommand(tailCommand())
    .addCommand(groupsCommand())
    .addCommand(deadLettersCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand())
    .addCommand(postCommand());
}
