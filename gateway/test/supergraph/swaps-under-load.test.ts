import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createEvent, MemoryBus } from '@deskgraph/events';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { wireGateway } from '../../src/composition-root.js';
import { anonymousOnly } from '../../src/identity/anonymous-only.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { InProcessTransport } from '../../src/subgraphs/in-process-transport.js';
import { GenerationManager } from '../../src/supergraph/generation-manager.js';
import { tokens } from '../../src/tokens.js';
import { deskSupergraph, embeddedDesk } from './embedded-desk.js';
import { openHandles } from './open-handles.js';
import { RecordingLog } from './recording-log.js';

const swaps = 100;
const sockets = 20;
const subscriptionsPerSocket = 10;

async function startGateway(test: TestContext) {
  const log = new RecordingLog();
  const bus = new MemoryBus(log);
  const plugins = embeddedDesk();
  const fleet = new PlannerFleet({ log });
  test.after(() => fleet[Symbol.asyncDispose]());
  const connect = ({ name }: { readonly name: string }) => {
    const plugin = plugins.get(name);
    if (plugin === undefined) throw new Error(`no plugin ${name}`);
    return new InProcessTransport(plugin);
  };
  const generations = await GenerationManager.start(deskSupergraph(0), { fleet, connect, log });
  test.after(() => generations[Symbol.asyncDispose]());
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
  const url = await http.listen(0, '127.0.0.1');
  test.after(async () => {
    root.resolve(tokens.subscriptions).close();
    await http.stop();
  });
  return { url, bus, fleet, generations };
}

/** Asks over HTTP until told to stop; every answer must be right. */
async function keepAsking(url: string, done: AbortSignal, answers: { count: number }): Promise<void> {
  while (!done.aborted) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // Distinct operations too, so that planning goes on while generations change.
      body: JSON.stringify({ query: `query Q${answers.count % 300} { item { name } }` }),
    });
    assert.deepEqual(await response.json(), { data: { item: { name: 'item 7' } } });
    answers.count++;
  }
}

interface Subscriber {
  readonly numbers: number[];
  readonly ended: Promise<unknown>;
}

function subscribe(client: Client, variant: number): Subscriber {
  const numbers: number[] = [];
  const query = `subscription S${variant} { ticks { number item { name } } }`;
  const ended = new Promise((resolve) => {
    client.subscribe<{ ticks: { number: number; item: { name: string } } }>(
      { query },
      {
        next: (result) => {
          assert.equal(result.errors, undefined, JSON.stringify(result.errors));
          assert.equal(result.data?.ticks.item.name, 'item 7');
          numbers.push(result.data?.ticks.number as number);
        },
        error: resolve,
        complete: () => resolve('completed'),
      },
    );
  });
  return { numbers, ended };
}

describe('a supergraph swap', () => {
  it(`happens ${swaps} times while requests and 200 subscriptions run: none fails, none is dropped`, async (test) => {
    const { url, bus, fleet, generations } = await startGateway(test);
    let number = 0;
    const tick = () =>
      bus.publish([
        createEvent({
          type: 'tick',
          topic: 'ticks',
          source: 'test',
          data: { number: ++number, item: { id: '7' } },
        }),
      ]);
    const clients = Array.from({ length: sockets }, () =>
      createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
        retryAttempts: 0,
      }),
    );
    test.after(() => Promise.all(clients.map((client) => client.dispose())));
    const subscribers = clients.flatMap((client) =>
      Array.from({ length: subscriptionsPerSocket }, (_, variant) => subscribe(client, variant)),
    );
    // Ticks until the last has begun to listen: from then on, nothing may be missing.
    while (subscribers.some(({ numbers }) => numbers.length === 0)) {
      await tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ended = Promise.race(subscribers.map((subscriber) => subscriber.ended));
    const done = new AbortController();
    const answers = { count: 0 };
    const askers = Promise.all(Array.from({ length: 4 }, () => keepAsking(url, done.signal, answers)));
    const [pids, handles] = [fleet.pids, openHandles()];

    for (let version = 1; version <= swaps; version++) {
      await tick();
      assert.equal(await generations.load(deskSupergraph(version)), 'swapped');
      await tick();
    }
    const last = number;
    await Promise.race([
      untilAll(subscribers, last),
      ended.then((how) => assert.fail(`a subscription ended: ${JSON.stringify(how)}`)),
    ]);
    done.abort();
    await askers;

    for (const { numbers } of subscribers) {
      const first = numbers[0] as number;
      assert.deepEqual(
        numbers,
        Array.from({ length: last - first + 1 }, (_, index) => first + index),
        'each event once, in order',
      );
    }
    assert.ok(answers.count > swaps, `only ${answers.count} requests were answered`);
    assert.deepEqual(fleet.pids, pids, 'no planner process was replaced');
    const grown = openHandles() - handles;
    assert.ok(grown <= 10, `${grown} more handles than before`);
  });
});

async function untilAll(subscribers: readonly Subscriber[], last: number): Promise<void> {
  while (subscribers.some(({ numbers }) => numbers.at(-1) !== last)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
