import { startStandaloneGateway } from '@deskgraph/gateway';
import { Command } from 'commander';
import { stopOnSignal } from '../stop-on-signal.js';

interface GatewayOptions {
  readonly supergraph: string;
  readonly port: string;
  readonly host: string;
}

/** `deskgraph gateway`: the gateway alone, before subgraphs that anybody wrote. */
export function gatewayCommand(): Command {
  return new Command('gateway')
    .description('Run the gateway alone over subgraphs that listen elsewhere: no plugins, no database')
    .requiredOption('-s, --supergraph <file>', "composed supergraph with the subgraphs' addresses; watched")
    .option('-p, --port <number>', 'port to listen on', '4000')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async ({ supergraph, port, host }: GatewayOptions) => {
      const gateway = await startStandaloneGateway({ supergraphFile: supergraph, port: Number(port), host });
      stopOnSignal(gateway);
      console.log(`The gateway listens on ${gateway.url}/graphql. Ctrl-C stops it.`);
    });
}
