import { startStandaloneGateway } from '@deskgraph/gateway';

/** This gateway as `deskgraph gateway --supergraph FILE` runs it. */
const [, , supergraphFile] = process.argv;
const gateway = await startStandaloneGateway({ supergraphFile: supergraphFile as string, port: 0 });
process.send?.({ port: Number(new URL(gateway.url).port) });
process.on('disconnect', () => process.exit());
