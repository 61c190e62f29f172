import { composePlugins, createLogger, readSettings } from '@deskgraph/gateway';
import { Command } from 'commander';

/** `deskgraph supergraph`: what the hub would serve, for reviewers to read. */
export function supergraphCommand(): Command {
  return new Command('supergraph')
    .description('Print the supergraph composed of all plugins; schema/supergraph.graphql is kept from it')
    .option('-c, --config <file>', 'configuration file', 'deskgraph.config.yaml')
    .action(({ config }: { readonly config: string }) => {
      const settings = readSettings(config, process.env);
      process.stdout.write(`${composePlugins(settings, createLogger({ level: 'warn' })).trim()}\n`);
    });
}
