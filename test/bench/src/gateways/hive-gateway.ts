import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime, createLoggerFromLogging } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';

/** Hive Gateway's runtime on node:http, with its own planner or (`rust`) with router-runtime's. */
const [, , supergraphFile, planner] = process.argv;
const runtime = createGatewayRuntime({
  supergraph: readFileSync(supergraphFile as string, 'utf8'),
  logging: createLoggerFromLogging(false),
  landingPage: false,
  graphiql: false,
  ...(planner === 'rust' ? { unifiedGraphHandler } : {}),
});
const server = createServer(runtime);
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});
process.on('disconnect', () => process.exit());
