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

/** The gateway itself: composed supergraph, planner, executor. */
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

describe('the real gateway behind the transports', () => {
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
    const { data } = (await socket.next()).payload as Result;
    assert.deepEqual(data, { ticks: { number: 1, item: { name: 'item 3' } } });
  });
});

describe('a subscription that goes on, on the real gateway', () => {
  it('by WebSocket: "now" tells the position, a position gives what came after it', async () => {
    await using first = await SocketClient.ready(url);
    first.subscribe('1', ticks, { extensions: { after: 'now' } });
    const start = (await first.next()).payload as Result;
    assert.deepEqual(start.data, null);
    for (const number of [1, 2]) await tick(number);
    const one = (await first.next()).payload as Result;
    await using second = await SocketClient.ready(url);
    second.subscribe('1', ticks, { extensions: { after: start.extensions.position } });
    assert.deepEqual((await second.next()).payload, one);
    second.subscribe('2', ticks, { extensions: { after: one.extensions.position } });
    const numbers = [await second.next(), await second.next()].map(
      ({ id, payload }) => `${id}: ${(payload as Result).data?.ticks.number}`,
    );
    assert.deepEqual(numbers.sort(), ['1: 2', '2: 2']);
  });

  const refusals = {
    'a position of another epoch': ['other.1', 'RESUME_GAP'],
    'a text that is no position': ['yesterday', 'POSITION_INVALID'],
    'a number': [7, 'POSITION_INVALID'],
  } as const;
  for (const [name, [after, code]] of Object.entries(refusals)) {
    it(`by WebSocket: ${name} is refused with ${code}`, async () => {
      await using socket = await SocketClient.ready(url);
      socket.subscribe('1', ticks, { extensions: { after } });
      const message = await socket.next();
      assert.deepEqual([message.type, codes(message.payload)], ['error', [code]]);
    });
  }

  it('by event stream: begins with an id, gives each event one, and goes on after Last-Event-ID', async () => {
    const stream = await openStream({});
    const begin = await stream.until(/^id: (\S+)\n\n/m);
    for (const number of [1, 2]) await tick(number);
    const one = await stream.until(/^id: (\S+)\nevent: next\ndata: .*"number":1/m);
    await stream.until(/"number":2/);
    await stream.close();
    const after = async (id: string | undefined) => {
      const again = await openStream({ 'last-event-id': id ?? '' });
      await again.until(/"number":2/);
      await again.close();
      return [...again.text().matchAll(/"number":(\d)/g)].map(([, number]) => number);
    };
    assert.deepEqual(await after(begin[1]), ['1', '2']);
    assert.deepEqual(await after(one[1]), ['2']);
  });

  it('by event stream: a gap is told in the stream', async () => {
    const stream = await openStream({ 'last-event-id': 'other.1' });
    await stream.until(/"code":"RESUME_GAP"[\s\S]*event: complete/);
    await stream.close();
  });
});

interface Result {
  readonly data: { readonly ticks: { readonly number: number } } | null;
  readonly extensions: { readonly position: string };
}

const ticks = 'subscription { ticks { number item { name } } }';

function tick(number: number): Promise<void> {
  const data = { number, item: { id: '3' } };
  return bus.publish([createEvent({ source: 'test', type: 'tick', topic: 'ticks', data })]);
}

/** An event stream of ticks, as text. */
async function openStream(headers: Record<string, string>) {
  const abort = new AbortController();
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent(ticks)}`, {
    headers: { accept: 'text/event-stream', 'apollo-require-preflight': 'yes', ...headers },
    signal: abort.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    text: () => text,
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found;
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    },
    async close() {
      abort.abort();
      await reader?.closed.catch(() => {});
    },
  };
}

function codes(errors: unknown): string[] {
  return (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
}
