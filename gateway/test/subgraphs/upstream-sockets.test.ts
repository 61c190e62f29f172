import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import type { FetchContext, SubgraphResponse } from '../../src/subgraphs/transport.js';
import { UpstreamSockets } from '../../src/subgraphs/upstream-sockets.js';
import { agent, callContext, variables } from './calls.js';
import { startUpstreamServer } from './upstream-server.js';

const price = { text: 'subscription($of: String!) { price(of: $of) }', kind: 'subscription' as const };

function connect(test: TestContext, url: string, headers: Record<string, string> = {}) {
  const sockets = new UpstreamSockets({ name: 'prices', url }, headers);
  test.after(() => sockets[Symbol.asyncDispose]());
  const follow = async (of: string, given: Partial<FetchContext> = {}) => {
    const context = callContext(given);
    const stream = await sockets.subscribe(price, variables({ of }), context);
    return stream[Symbol.asyncIterator]();
  };
  return { sockets, follow };
}

async function nextPrice(stream: AsyncIterator<SubgraphResponse>): Promise<unknown> {
  const { value } = await stream.next();
  return (value as SubgraphResponse).data?.price;
}

describe("subscriptions to a subgraph's own streams", () => {
  it('of one authorization class share one socket; another class has its own', async (test) => {
    const server = await startUpstreamServer(test);
    const { follow } = connect(test, server.url, { 'x-tenant': 'a' });
    const lamp = await follow('lamp', { principal: agent('ada', 'read') });
    const lampAgain = await follow('lamp', { principal: agent('bob', 'read') });
    const rug = await follow('rug', { principal: agent('ada', 'read') });
    await server.subscribed(3);
    assert.equal(server.connections, 1);
    assert.equal(server.headers['x-tenant'], 'a');
    const others = await follow('lamp', { principal: agent('ada', 'read', 'write') });
    await server.subscribed(4);
    assert.equal(server.connections, 2);
    assert.equal(server.emit('lamp', 7), 3);
    assert.equal(server.emit('rug', 8), 1);
    const prices = await Promise.all([lamp, lampAgain, others, rug].map(nextPrice));
    assert.deepEqual(prices, [7, 7, 7, 8]);
  });

  it('open no socket before they are asked for', async (test) => {
    const server = await startUpstreamServer(test);
    connect(test, server.url);
    assert.equal(server.connections, 0);
  });

  it('end at the subgraph when the signal aborts, even while nothing happens', async (test) => {
    const server = await startUpstreamServer(test);
    const { follow } = connect(test, server.url);
    const leaver = new AbortController();
    const left = await follow('lamp', { signal: leaver.signal });
    const stays = await follow('lamp');
    await server.subscribed(2);
    const end = left.next();
    leaver.abort();
    assert.deepEqual(await end, { value: undefined, done: true });
    await server.subscribed(1);
    server.emit('lamp', 7);
    assert.equal(await nextPrice(stays), 7);
  });

  it('are not begun for a client that has left already', async (test) => {
    const server = await startUpstreamServer(test);
    const { follow } = connect(test, server.url);
    const stream = await follow('lamp', { signal: AbortSignal.abort() });
    assert.equal((await stream.next()).done, true);
    assert.equal(server.connections, 0);
  });

  it('go to an address of their own when the subgraph has one', async (test) => {
    const server = await startUpstreamServer(test, '/streams');
    const subscriptionUrl = server.url.replace('http:', 'ws:');
    const sockets = new UpstreamSockets({ name: 'prices', url: 'http://127.0.0.1:1/', subscriptionUrl }, {});
    test.after(() => sockets[Symbol.asyncDispose]());
    await sockets.subscribe(price, variables({ of: 'lamp' }), callContext());
    await server.subscribed(1);
  });
});

describe('a subscription that the subgraph refuses', () => {
  it('ends alone, with the errors of the subgraph', async (test) => {
    const server = await startUpstreamServer(test);
    const { sockets, follow } = connect(test, server.url);
    const stays = await follow('lamp');
    const operation = { text: 'subscription { refused }', kind: 'subscription' as const };
    const refused = await sockets.subscribe(operation, variables(), callContext());
    const results: SubgraphResponse[] = [];
    for await (const result of refused) results.push(result);
    assert.equal(results.length, 1);
    assert.equal(results[0]?.errors?.[0]?.message, 'sold out');
    assert.deepEqual(results[0]?.errors?.[0]?.extensions, { code: 'SOLD_OUT' });
    await server.subscribed(1);
    server.emit('lamp', 7);
    assert.equal(await nextPrice(stays), 7);
    assert.equal(server.connections, 1);
  });
});

describe('a subgraph that restarts', () => {
  it('is subscribed to again, by every stream', { timeout: 20_000 }, async (test) => {
    const server = await startUpstreamServer(test);
    const { follow } = connect(test, server.url);
    const streams = await Promise.all(['lamp', 'lamp', 'rug'].map((of) => follow(of)));
    await server.subscribed(3);
    server.emit('lamp', 1);
    server.emit('rug', 2);
    assert.deepEqual(await Promise.all(streams.map(nextPrice)), [1, 1, 2]);
    await server.stop();
    await server.subscribed(0);
    await server.start();
    await server.subscribed(3);
    server.emit('lamp', 3);
    server.emit('rug', 4);
    assert.deepEqual(await Promise.all(streams.map(nextPrice)), [3, 3, 4]);
    assert.equal(server.connections, 2);
  });

  it('that closes the sockets in good order is subscribed to again too', async (test) => {
    const server = await startUpstreamServer(test);
    const { follow } = connect(test, server.url);
    const stream = await follow('lamp');
    await server.subscribed(1);
    for (const socket of server.sockets) socket.close(1001, 'going away');
    await server.subscribed(0);
    await server.subscribed(1);
    server.emit('lamp', 5);
    assert.equal(await nextPrice(stream), 5);
  });
});

describe('a subgraph whose WebSocket is not one', () => {
  async function firstFailure(test: TestContext, closeCode: number) {
    const server = createServer();
    const webSockets = new WebSocketServer({ server });
    webSockets.on('connection', (socket) => socket.close(closeCode, 'no'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    test.after(() => {
      webSockets.close();
      server.close();
    });
    const { follow } = connect(test, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const stream = await follow('lamp');
    const { value } = await stream.next();
    assert.equal((await stream.next()).done, true);
    return (value as SubgraphResponse).errors?.[0];
  }

  it('fails its subscriptions with the close code, where trying again is of no use', async (test) => {
    const error = await firstFailure(test, 4401);
    assert.deepEqual(error?.extensions, { code: 'SUBSCRIPTION_SOURCE_FAILED', serviceName: 'prices' });
    assert.match(error?.message ?? '', /^Subgraph "prices": its WebSocket closed with 4401 \(no\)\.$/);
  });
});
