import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEvent, MemoryBus } from '@deskgraph/events';
import { serverAudits } from 'graphql-http';
import { createClient as createSseClient } from 'graphql-sse';
import { wireGateway } from '../../src/composition-root.js';
import { anonymousOnly } from '../../src/identity/anonymous-only.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { InProcessTransport } from '../../src/subgraphs/in-process-transport.js';
import { GenerationManager } from '../../src/supergraph/generation-manager.js';
import { tokens } from '../../src/tokens.js';
import { deskSupergraph, embeddedDesk } from '../supergraph/embedded-desk.js';
import { RecordingLog } from '../supergraph/recording-log.js';
import { SocketClient } from './rig/socket-client.js';

/** The transports before the gateway itself: composed supergraph, planner, executor. */
describe('the real gateway behind the transports', () => {
  const bus = new MemoryBus(new RecordingLog());
  let url: string;
  const stack: (() => Promise<unknown>)[] = [];
  before(async () => {
    const log = new RecordingLog();
    const plugins = embeddedDesk();
    const fleet = new PlannerFleet({ log });
    stack.push(async () => fleet[Symbol.asyncDispose]());
    const connect = ({ name }: { readonly name: string }) => {
      const plugin = plugins.get(name);
      assert.ok(plugin, `no plugin ${name}`);
      return new InProcessTransport(plugin);
    };
    const generations = await GenerationManager.start(deskSupergraph(0), { fleet, connect, log });
    stack.push(async () => generations[Symbol.asyncDispose]());
    const root = wireGateway({
      log,
      metrics: new Metrics(),
      bus,
      generations,
      authenticator: anonymousOnly,
      readiness: () => ({ ready: true, reasons: [] }),
      ide: false,
      limits: {},
    });
    const http = root.resolve(tokens.http);
    stack.push(async () => root.resolve(tokens.subscriptions).close());
    stack.push(() => http.stop());
    url = await http.listen(0, '127.0.0.1');
  });
  after(async () => {
    for (const stop of stack.reverse()) await stop();
  });

  for (const audit of serverAudits({ url: () => `${url}/graphql` })) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      assert.equal(result.status, 'ok', 'reason' in result ? result.reason : undefined);
    });
  }

  it('gives the same result by HTTP, WebSocket and event stream', async () => {
    const query = '{ a: item { name id } __typename }';
    const expected = { data: { a: { name: 'item 7', id: '7' }, __typename: 'Query' } };
    const response = await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`);
    assert.equal(await response.text(), JSON.stringify(expected));
    await using socket = await SocketClient.ready(url);
    socket.subscribe('1', query);
    assert.deepEqual((await socket.next()).payload, expected);
    const client = createSseClient({ url: `${url}/graphql`, retryAttempts: 0 });
    assert.deepEqual((await client.iterate({ query }).next()).value, expected);
    client.dispose();
  });

  const refusals: Readonly<Record<string, readonly [body: object, code: string, located: boolean]>> = {
    'a syntax error': [{ query: '{ item' }, 'GRAPHQL_PARSE_FAILED', true],
    'a field that is not there': [{ query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED', true],
    'an operation that is not there': [
      { query: 'query A { __typename }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
      false,
    ],
    'a variable of the wrong type': [
      { query: 'query ($yes: Boolean!) { item @include(if: $yes) { id } }', variables: { yes: 'no' } },
      'BAD_USER_INPUT',
      true,
    ],
  };
  for (const [name, [body, code, located]] of Object.entries(refusals)) {
    it(`refuses ${name} with code${located ? ' and location' : ''} on every transport`, async () => {
      const post = (accept: string) =>
        fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify(body),
        });
      const response = await post('application/graphql-response+json');
      assert.equal(response.status, 400);
      const { errors } = (await response.json()) as {
        errors: { extensions: { code: string }; locations?: unknown }[];
      };
      assert.deepEqual([errors[0]?.extensions.code, errors[0]?.locations !== undefined], [code, located]);
      await using socket = await SocketClient.ready(url);
      socket.send({ id: '1', type: 'subscribe', payload: { ...body } });
      const message = await socket.next();
      assert.equal(message.type, 'error');
      assert.deepEqual(codes(message.payload), [code]);
      const stream = await (await post('text/event-stream')).text();
      const next = /^event: next\ndata: (.*)$/m.exec(stream)?.[1] as string;
      assert.deepEqual(codes((JSON.parse(next) as { errors: unknown }).errors), [code]);
    });
  }

  it('streams events by WebSocket, joined with what another plugin knows', async () => {
    await using socket = await SocketClient.ready(url);
    socket.subscribe('1', 'subscription { ticks { number item { name } } }');
    // The protocol does not say when a subscription is open: ticks until one has come.
    while (socket.untaken.length === 0) {
      const data = { number: 1, item: { id: '3' } };
      await bus.publish([createEvent({ source: 'test', type: 'tick', topic: 'ticks', data })]);
      await socket.settled();
    }
    assert.deepEqual((await socket.next()).payload, {
      data: { ticks: { number: 1, item: { name: 'item 3' } } },
    });
  });
});

function codes(errors: unknown): string[] {
  return (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
}
