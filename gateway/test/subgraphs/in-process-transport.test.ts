import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InProcessTransport } from '../../src/subgraphs/in-process-transport.js';
import type { FetchVariables } from '../../src/subgraphs/transport.js';
import { agent, callContext } from './calls.js';
import { OrdersSubgraph } from './orders-subgraph.js';

/** Variables that must not be turned into text on the way. */
function plain(values: Record<string, unknown> = {}): FetchVariables {
  return { json: () => assert.fail('JSON text within one process'), value: () => values };
}

function connect() {
  const transport = new InProcessTransport(new OrdersSubgraph());
  const query = (text: string) => transport.prepare({ text, kind: 'query' });
  return { transport, events: transport.events, query };
}

/** Without the null prototypes of graphql-js. */
const plainly = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

const orderPaid = {
  text: 'subscription($customer: ID!) { paid: orderPaid(customer: $customer) { id total viewer } }',
  kind: 'subscription' as const,
};

describe('a query to an embedded subgraph', () => {
  it('passes variables and results as objects, without JSON text in between', async () => {
    const { query } = connect();
    const prepared = query('query($id: ID!) { order(id: $id) { id total } }');
    for (const id of ['1', '2']) {
      const response = await prepared.send(plain({ id }), callContext());
      assert.deepEqual(plainly(response), { data: { order: { id, total: Number(id) * 10 } } });
    }
  });

  it('resolves entities', async () => {
    const { query } = connect();
    const prepared = query(
      'query($r: [_Any!]!) { _entities(representations: $r) { ... on Order { total } } }',
    );
    const representations = ['1', '2'].map((id) => ({ __typename: 'Order', id }));
    const response = await prepared.send(plain({ r: representations }), callContext());
    assert.deepEqual(plainly(response), { data: { _entities: [{ total: 10 }, { total: 20 }] } });
  });

  it("runs as the caller, and keeps a resolver's message, path and extensions", async () => {
    const { query } = connect();
    const response = await query('{ whoami broken }').send(plain(), callContext({ principal: agent('ada') }));
    assert.deepEqual(plainly(response), {
      data: { whoami: 'ada', broken: null },
      errors: [{ message: 'out of stock', path: ['broken'], extensions: { code: 'SOLD_OUT', left: 0 } }],
    });
  });
});

describe('an event of an embedded subgraph', () => {
  it('may be subscribed to by whom the resolver lets', async () => {
    const { events } = connect();
    const ada = callContext({ principal: agent('ada') });
    assert.equal(await events.authorize(orderPaid, plain({ customer: '7' }), ada), null);
  });

  it('is refused with the errors of the resolver', async () => {
    const { events } = connect();
    const ada = callContext({ principal: agent('ada') });
    const codeFor = async (customer: string, context: ReturnType<typeof callContext>) =>
      (await events.authorize(orderPaid, plain({ customer }), context))?.map(
        ({ extensions }) => extensions?.code,
      );
    assert.deepEqual(await codeFor('7', callContext()), ['UNAUTHENTICATED']);
    assert.deepEqual(await codeFor('secret', ada), ['FORBIDDEN']);
  });

  it('is the value of the root field, whose other fields are resolved as the caller', async () => {
    const { events } = connect();
    const context = callContext({ principal: agent('ada') });
    const data = { id: '7', total: 70 };
    const response = await events.resolve(orderPaid, plain({ customer: '7' }), context, data);
    assert.deepEqual(plainly(response), { data: { paid: { id: '7', total: 70, viewer: 'ada' } } });
  });

  it('of the wrong shape is an error at its place', async () => {
    const { events } = connect();
    const data = { id: '7', total: 'seventy' };
    const response = await events.resolve(orderPaid, plain({ customer: '7' }), callContext(), data);
    assert.deepEqual(plainly(response.data), { paid: null });
    assert.deepEqual(response.errors?.[0]?.path, ['paid', 'total']);
  });
});
