import type { TestContext } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createEvent, MemoryBus } from '@deskgraph/events';
import { graphql, parse } from 'graphql';
import type { ExecutionText } from '../../src/execution/executable-operation.js';
import { Gateway } from '../../src/gateway.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { HttpTransport } from '../../src/subgraphs/http-transport.js';
import { InProcessTransport } from '../../src/subgraphs/in-process-transport.js';
import { SubscriptionHub } from '../../src/subscriptions/subscription-hub.js';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import { GenerationManager } from '../../src/supergraph/generation-manager.js';
import { agent } from '../subgraphs/calls.js';
import { OrdersSubgraph } from '../subgraphs/orders-subgraph.js';
import { sendJson, startSubgraphServer } from '../subgraphs/subgraph-server.js';
import { startUpstreamServer } from '../subgraphs/upstream-server.js';
import { RecordingLog } from '../supergraph/recording-log.js';
import { CountingObserver } from './stream-rig.js';

const customersSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { customers: Int }
  type Order @key(fields: "id") { id: ID!  customerName: String }
`;
const pricesSdl = `
  type Query { currency: String }
  type Subscription { price(of: String!): Int }
`;

/** Answers with the customer's name of every order that it is asked for; slow enough for swaps to come between. */
function startCustomers(test: TestContext) {
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(customersSdl),
      resolvers: { Order: { customerName: ({ id }: { id: string }) => `Customer of ${id}` } } as never,
    },
  ]);
  return startSubgraphServer(test, async (response, { body }) => {
    const { query, variables } = JSON.parse(body);
    sendJson(response, await graphql({ schema, source: query, variableValues: variables }));
  });
}

/** A whole gateway over an embedded subgraph, one over HTTP, and one with subscriptions of its own. */
export async function startGateway(test: TestContext) {
  const log = new RecordingLog();
  const orders = new OrdersSubgraph();
  const customers = await startCustomers(test);
  const prices = await startUpstreamServer(test);
  const bus = new MemoryBus(log);
  const fleet = new PlannerFleet({ log, size: 1 });
  test.after(() => fleet[Symbol.asyncDispose]());

  /** Every version is another supergraph; `without` leaves a subscription out. */
  const compose = (version: number, without?: 'orderPaid' | 'price') =>
    composeSubgraphs([
      {
        name: 'orders',
        sdl: without === 'orderPaid' ? orders.sdl.replace('orderPaid(', 'orderSent(') : orders.sdl,
      },
      {
        name: 'customers',
        url: customers.url,
        sdl: `${customersSdl} type V${version} @key(fields: "id") { id: ID }`,
      },
      {
        name: 'prices',
        url: prices.url,
        sdl: without === 'price' ? pricesSdl.replace('price(', 'cost(') : pricesSdl,
      },
    ]);
  const generations = await GenerationManager.start(compose(1), {
    fleet,
    log,
    connect: (entry) => (entry.name === 'orders' ? new InProcessTransport(orders) : new HttpTransport(entry)),
  });
  test.after(() => generations[Symbol.asyncDispose]());
  const observer = new CountingObserver();
  const hub = new SubscriptionHub(bus, generations, observer);
  test.after(() => hub.close());
  const gateway = new Gateway(generations, hub);

  const subscribe = async (query: string) => {
    const caller = {
      principal: agent('ada', 'read'),
      requestId: 'request-1',
      signal: new AbortController().signal,
    };
    const outcome = await gateway.run({ query }, caller);
    if (outcome.kind !== 'stream') throw new Error(JSON.stringify(outcome));
    return outcome.results as AsyncIterableIterator<ExecutionText>;
  };
  const publish = (id: number) =>
    bus.publish([
      createEvent({
        type: 'order.paid',
        source: '/orders',
        topic: 'orders.7',
        data: { id: String(id), total: id * 10 },
      }),
    ]);
  const load = (version: number, without?: 'orderPaid' | 'price') =>
    generations.load(compose(version, without));
  return { subscribe, publish, load, observer, customers, prices, hub, generations, log };
}
