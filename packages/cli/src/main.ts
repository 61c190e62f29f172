import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { program } from 'commander';
import { eventsCommand } from './commands/events.js';
import { gatewayCommand } from './commands/gateway.js';
import { pluginCommand } from './commands/plugin.js';
import { startCommand } from './commands/start.js';
import { supergraphCommand } from './commands/supergraph.js';

program
  .name('deskgraph')
  .description(
    'The open-source hub for customer service: every business system a plugin, every plugin a subgraph.',
  )
  .version('0.1.0')
  .showSuggestionAfterError()
  .addCommand(startCommand())
  .addCommand(gatewayCommand())
  .addCommand(eventsCommand())
  .addCommand(pluginCommand())
  .addCommand(supergraphCommand());

try {
  await program.parseAsync();
} catch (error) {
  if (!isDeskgraphError(error)) throw error;
  console.error(`${error.message}\n(${error.code})`);
  process.exitCode = 1;
}
