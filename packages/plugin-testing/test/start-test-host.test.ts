import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEvent } from '@deskgraph/events';
import { startTestHost, type TestHost } from '@deskgraph/plugin-testing';

const counter = new URL('../../test/fixtures/counter', import.meta.url);
const agent = { id: 'ada', kind: 'agent', displayName: 'Ada', scopes: [] } as const;

describe('startTestHost', () => {
  let host: TestHost;
  before(async () => {
    host = await startTestHost({ plugins: [counter], demo: true, principal: agent });
  });
  after(() => host[Symbol.asyncDispose]());

  it('serves the plugin on a real database with its demonstration data', async () => {
    const { data, errors } = await host.graph('{ counter(name: "visitors") { name value } }');
    assert.equal(errors, undefined);
    assert.deepEqual({ ...(data?.counter as object) }, { name: 'visitors', value: 42 });
  });

  it('does not let a test pass whose query the gateway would refuse', async () => {
    await assert.rejects(host.graph('{ counter(name: "visitors") { nmae } }'), /Cannot query field "nmae"/);
    await assert.rejects(host.graph('{ counter(name: '), /Syntax Error/);
  });

  it('shows what the plugin published', async () => {
    await host.graph('mutation($name: ID!) { count(name: $name, by: 500) { value } }', { name: 'visitors' });
    assert.deepEqual(
      (await host.published()).map(({ type, source, topic, data }) => ({ type, source, topic, data })),
      [
        {
          type: 'counter.counted',
          source: '/plugins/counter',
          topic: 'counter.visitors',
          data: { name: 'visitors', value: 100 },
        },
      ],
    );
  });

  it('delivers events that the plugin consumes', async () => {
    const tail = await host.bus.tail('counter.visitors');
    const reset = { type: 'counter.reset', source: '/test', topic: 'counter', data: { name: 'visitors' } };
    await host.bus.publish([createEvent(reset)]);
    for await (const { event } of tail) {
      assert.deepEqual(event.data, { name: 'visitors', value: 0 });
      break;
    }
  });

  it('puts aside what does not fit the schema, without calling the handler, and the key goes on', async () => {
    const tail = await host.bus.tail('counter.visitors');
    const reset = { type: 'counter.reset', source: '/test', topic: 'counter' };
    const bad = createEvent({ ...reset, data: { name: 7 } });
    await host.bus.publish([bad, createEvent({ ...reset, data: { name: 'visitors' } })]);
    for await (const { event } of tail) {
      assert.deepEqual(event.data, { name: 'visitors', value: 0 });
      break;
    }
    const deadLetters = await host.bus.administration?.deadLetters();
    assert.deepEqual(
      deadLetters?.map(({ group, event, code, reason, deliveries }) => ({
        group,
        id: event.id,
        code,
        reason,
        deliveries,
      })),
      [
        {
          group: 'counter',
          id: bad.id,
          code: 'EVENT_INVALID',
          reason: 'Plugin counter: the data of counter.reset does not fit its schema: name: must be string.',
          deliveries: 1,
        },
      ],
    );
  });

  it('runs a subscription as the gateway does: authorized once, resolved for each event', async () => {
    const query =
      'subscription($n: ID!) { seen: counted(name: $n) { ...Parts } } fragment Parts on Counter { value }';
    const variables = { n: 'visitors' };
    assert.equal(await host.authorizeSubscription(query, variables), null);
    const refusal = await host.authorizeSubscription(query, variables, { principal: null });
    assert.deepEqual(
      refusal?.map(({ message, extensions }) => [message, extensions.code]),
      [['Log in to watch visitors.', 'UNAUTHENTICATED']],
    );
    const { data, errors } = await host.resolveEvent(
      query,
      { data: { name: 'visitors', value: 7 } },
      variables,
    );
    assert.equal(errors, undefined);
    assert.equal(JSON.stringify(data), '{"seen":{"value":7}}');
  });

  it('refuses to start with a plugin that is not ready, and says why', async () => {
    await assert.rejects(
      startTestHost({ plugins: [counter], config: { counter: { maximun: 5 } } }),
      /counter failed to validate: CONFIG_INVALID: .*unknown key "maximun"; did you mean "maximum"\?/s,
    );
  });
});
