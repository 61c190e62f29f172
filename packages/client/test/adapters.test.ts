import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ApolloClient, ApolloLink, gql, InMemoryCache, Observable } from '@apollo/client';
import { Client, subscriptionExchange } from '@urql/core';
import { apolloSubscription } from '../src/apollo.js';
import type { DeskgraphClient } from '../src/index.js';
import { urqlSubscription } from '../src/urql.js';
import { Listening, startPair } from './rig/listening.js';
import { refusal } from './rig/protocol-server.js';

const document = 'subscription Said($room: String!) { said(room: $room) }';
const variables = { room: 'kitchen' };

/** Subscribes by a library. @returns what unsubscribes */
type Subscribe = (client: DeskgraphClient, listening: Listening) => () => void;

function byApollo(client: DeskgraphClient, listening: Listening): () => void {
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: new ApolloLink(apolloSubscription(client, Observable)),
  });
  const subscription = apollo.subscribe<{ said: string }>({ query: gql(document), variables }).subscribe({
    next: ({ data, error }) => {
      if (error === undefined) listening.next({ data: data ?? null });
      else listening.error(error as never);
    },
    complete: () => listening.complete(),
  });
  return () => subscription.unsubscribe();
}

function byUrql(client: DeskgraphClient, listening: Listening): () => void {
  const urql = new Client({
    url: 'http://127.0.0.1/graphql',
    preferGetMethod: false,
    exchanges: [subscriptionExchange({ forwardSubscription: urqlSubscription(client) })],
  });
  const subscription = urql
    .subscription<{ said: string }>(document, variables)
    .subscribe(({ data, error }) => {
      if (error === undefined) listening.next({ data: data ?? null });
      else listening.error(error.networkError as never);
    });
  return () => subscription.unsubscribe();
}

const libraries: Readonly<Record<string, Subscribe>> = { 'Apollo Client': byApollo, urql: byUrql };

for (const [name, subscribe] of Object.entries(libraries)) {
  describe(`a subscription by ${name}`, { timeout: 30_000 }, () => {
    const start = async (test: TestContext) => {
      const { server, client } = await startPair(test, { idleCloseMs: 1 });
      const listening = new Listening();
      return { server, client, listening, unsubscribe: subscribe(client, listening) };
    };

    it('hears what was published while the connection was away, once and in order', async (test) => {
      const { server, listening } = await start(test);
      await server.tailed('kitchen');
      for (const text of ['1', '2', '3', '4']) {
        await server.say(text, 'kitchen');
        if (text === '1') await listening.heard(1);
        if (text === '2') server.cut();
      }
      await listening.heard(4);
      assert.deepEqual(listening.texts, ['1', '2', '3', '4']);
      assert.deepEqual(server.asked[0]?.variables, variables);
      assert.equal(server.asked[0]?.operationName, 'Said');
    });

    it('ends on the server when it is left', async (test) => {
      const { server, client, listening, unsubscribe } = await start(test);
      await server.tailed('kitchen');
      unsubscribe();
      await new Promise<void>((resolve) => {
        client.onConnection(({ kind }) => kind === 'idle' && resolve());
      });
      assert.deepEqual(listening.texts, []);
    });

    it('fails with the code of the hub', async (test) => {
      const { server, client } = await startPair(test);
      server.answer = () => [refusal('FORBIDDEN')];
      const listening = new Listening();
      subscribe(client, listening);
      await listening.ended();
      assert.equal(listening.failure?.code, 'FORBIDDEN');
    });
  });
}
