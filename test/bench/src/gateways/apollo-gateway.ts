import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

/** @apollo/gateway behind @apollo/server, as their documentation sets them up for a static supergraph. */
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(process.argv[2] as string, 'utf8') });
const server = new ApolloServer({ gateway, introspection: false });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
process.send?.({ port: Number(new URL(url).port) });
process.on('disconnect', () => process.exit());
