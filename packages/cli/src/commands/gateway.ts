import { type SupergraphOrigin, startStandaloneGateway } from '@deskgraph/gateway';
import { Command, Option } from 'commander';
import { stopOnSignal } from '../stop-on-signal.js';

interface GatewayOptions {
  readonly supergraph?: string;
  readonly subgraphs?: string;
  readonly port: string;
  readonly host: string;
}

/** `deskgraph gateway`: the gateway alone, before subgraphs that anybody wrote. */
export function gatewayCommand(): Command {
  const command = new Command('gateway')
    .description('Run the gateway alone over subgraphs that listen elsewhere: no plugins, no database')
    .addOption(
      new Option(
        '-s, --supergraph <file>',
        "composed supergraph with the subgraphs' addresses; watched",
      ).conflicts('subgraphs'),
    )
    .option('--subgraphs <file>', 'YAML list of subgraphs to compose: name, url, schema file; watched')
    .option('-p, --port <number>', 'port to listen on', '4000')
    .option('--host <address>', 'address to listen on', '127.0.0.1');
  return command.action(async (options: GatewayOptions) => {
    const origin = originOf(options);
    if (origin === null) return command.error('error: give --supergraph FILE or --subgraphs FILE');
    const { port, host } = options;
    const gateway = await startStandaloneGateway({ ...origin, port: Number(port), host });
    stopOnSignal(gateway);
    console.log(`The gateway listens on ${gateway.url}/graphql. Ctrl-C stops it.`);
  });
}

function originOf({ supergraph, subgraphs }: GatewayOptions): SupergraphOrigin | null {
  if (supergraph !== undefined) return { supergraphFile: supergraph };
  return subgraphs === undefined ? null : { subgraphsFile: subgraphs };
}
