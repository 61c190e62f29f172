import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { Command } from 'commander';
import { withAdministration } from '../../events/administration.js';
import { chosenDeadLetters } from '../../events/dead-letters.js';
import { type HubOption, withHub } from '../../events/hub-option.js';

interface DiscardOptions extends HubOption {
  readonly group?: string;
  readonly all?: boolean;
}

/** `deskgraph events discard`. */
export function discardCommand(): Command {
  const command = new Command('discard')
    .description('Forget dead letters: they are not handled any more')
    .argument('[ids...]', 'as "dead-letters" shows them')
    .option('--group <group>', 'all of this group, or only ids of it')
    .option('--all', 'all there are');
  return withHub(command).action((ids: readonly string[], options: DiscardOptions) => {
    const { group, all } = options;
    if (ids.length === 0 && group === undefined && !all) {
      throw new DeskgraphError('BAD_USER_INPUT', 'Name ids, or a --group, or say --all.');
    }
    return withAdministration(options, async ({ administration }) => {
      const letters = await chosenDeadLetters(administration, { ids, group });
      const gone = await administration.discard(letters.map(({ id }) => id));
      console.log(`${gone} discarded.`);
    });
  });
}
