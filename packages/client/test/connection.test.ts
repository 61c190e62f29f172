import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { type ConnectionState, createDeskgraphClient } from '../src/index.js';
import { Listening, startPair, stateOf } from './rig/listening.js';
import { said } from './rig/protocol-server.js';

const authorizations = (callers: readonly (Record<string, unknown> | undefined)[]) =>
  callers.map((params) => params?.authorization);

describe('the connection of a client', { timeout: 30_000 }, () => {
  it('is shared by all subscriptions, made by the first and closed after the last', async (test) => {
    const { server, client, listen } = await startPair(test, { idleCloseMs: 1 });
    assert.deepEqual([client.connection.kind, server.callers.length], ['idle', 0]);
    const all = [listen(), listen(), listen()];
    await Promise.all(all.map((listening) => listening.begun()));
    assert.deepEqual([client.connection.kind, server.callers.length], ['live', 1]);
    const closed = once(server.sockets[0] as WebSocket, 'close');
    for (const { subscription } of all) subscription.unsubscribe();
    assert.equal((await closed)[0], 1000);
    assert.equal(client.connection.kind, 'idle');
    await listen().begun();
    assert.equal(server.callers.length, 2);
  });

  it('is kept for who subscribes again soon', async (test) => {
    const { server, listen } = await startPair(test, { idleCloseMs: 60_000 });
    for (let times = 0; times < 3; times++) {
      const listening = listen();
      await listening.begun();
      listening.subscription.unsubscribe();
    }
    assert.equal(server.callers.length, 1);
  });

  it('tells how it stands', async (test) => {
    const { server, client, listen } = await startPair(test);
    const states: ConnectionState[] = [];
    client.onConnection((state) => states.push(state));
    const listening = listen();
    await listening.begun();
    server.close(4500, 'Internal server error');
    await server.askedTimes(2);
    client.dispose();
    assert.deepEqual(
      states.map(({ kind }) => kind),
      ['idle', 'connecting', 'live', 'offline', 'connecting', 'live', 'disposed'],
    );
    const attempts = states.flatMap((state) => (state.kind === 'connecting' ? [state.attempt] : []));
    assert.deepEqual(attempts, [1, 2]);
    assert.match(JSON.stringify(states[3]), /"retryAt":\d{13},"reason":"Internal server error"/);
  });

  it('comes back once, also to a server that said goodbye', async (test) => {
    const { server, client, listen } = await startPair(test, { idleCloseMs: 1 });
    const listening = listen();
    await listening.begun();
    server.close(1000, 'Normal Closure');
    await server.askedTimes(2);
    listening.subscription.unsubscribe();
    await stateOf(client, 'idle');
    // A connection that was made beside this one would have been made before it is closed.
    await once(server.sockets.at(-1) as WebSocket, 'close');
    assert.deepEqual([server.callers.length, server.sockets.length], [2, 0]);
  });

  it('comes back when a server that stops has said', async (test) => {
    const { server, client, listen } = await startPair(test);
    await listen().begun();
    const offline = stateOf(client, 'offline');
    const before = Date.now();
    server.close(1001, 'reconnect-after-ms=4321');
    const { retryAt } = await offline;
    assert.ok(retryAt >= before + 4_321 && retryAt <= Date.now() + 4_321, `${retryAt - before} ms`);
  });

  it('that is refused for its token is not tried again, until somebody subscribes', async (test) => {
    const { server, client, listen } = await startPair(test);
    server.admit = () => false;
    const both = [listen(), listen()];
    await Promise.all(both.map((listening) => listening.ended()));
    assert.deepEqual(
      both.map(({ failure }) => failure?.code),
      ['UNAUTHENTICATED', 'UNAUTHENTICATED'],
    );
    assert.deepEqual([client.connection.kind, server.callers.length], ['refused', 1]);
    server.admit = () => true;
    await listen().begun();
    assert.equal(client.connection.kind, 'live');
  });

  it('that the server closes for good fails what needs it', async (test) => {
    const { server, listen } = await startPair(test);
    const listening = listen();
    await listening.begun();
    server.close(4400, 'Invalid message');
    await listening.ended();
    assert.equal(listening.failure?.code, 'CONNECTION_REFUSED');
    assert.match(listening.failure?.message ?? '', /4400 Invalid message/);
  });

  it('that fails as often as it may fails what needs it', async (test) => {
    const { server, client, listen } = await startPair(test, { retry: { attempts: 3 } });
    await server[Symbol.asyncDispose]();
    const attempts: number[] = [];
    client.onConnection((state) => state.kind === 'connecting' && attempts.push(state.attempt));
    const listening = listen();
    await listening.ended();
    assert.equal(listening.failure?.code, 'CONNECTION_LOST');
    assert.deepEqual(attempts, [1, 2, 3, 4]);
  });
});

describe('the token', { timeout: 30_000 }, () => {
  it('is a fresh one at each connection', async (test) => {
    let issued = 0;
    const { server, listen } = await startPair(test, { token: () => `token-${++issued}` });
    await listen().begun();
    server.cut();
    await server.askedTimes(2);
    assert.deepEqual(authorizations(server.callers), ['Bearer token-1', 'Bearer token-2']);
  });

  it('may be none', async (test) => {
    const { server, listen } = await startPair(test, { token: () => undefined });
    await listen().begun();
    assert.deepEqual(server.callers, [undefined]);
  });

  it('that cannot be had is asked for again', async (test) => {
    let asked = 0;
    const { server, client, listen } = await startPair(test, {
      token: async () => {
        if (++asked < 3) throw new Error('the sign-in server is away');
        return 'token';
      },
    });
    const offline = stateOf(client, 'offline');
    const listening = listen();
    assert.equal((await offline).reason, 'the sign-in server is away');
    await listening.begun();
    assert.deepEqual([asked, authorizations(server.callers)], [3, ['Bearer token']]);
  });

  it('is waited for before there is a socket, and no longer than a connection may take', async (test) => {
    const sockets: number[] = [];
    const { server, listen } = await startPair(test, {
      connectMs: 100,
      token: () => (sockets.push(server.sockets.length) === 1 ? new Promise(() => {}) : 'token'),
    });
    await listen().begun();
    assert.deepEqual(sockets.slice(0, 2), [0, 0]);
  });
});

describe('a connection that is dead without saying so', { timeout: 30_000 }, () => {
  it('is found by a ping, and replaced without a loss', async (test) => {
    const { server, client, listen } = await startPair(test, { keepAlive: { pingMs: 20, pongMs: 40 } });
    const listening = listen();
    await listening.begun();
    const offline = stateOf(client, 'offline');
    server.freeze();
    await server.say('into the void');
    assert.equal((await offline).reason, 'no answer to a ping within 40 ms');
    await listening.heard(1);
    assert.deepEqual(listening.texts, ['into the void']);
  });

  it('is not what a quiet one is', async (test) => {
    const { server, listen } = await startPair(test, { keepAlive: { pingMs: 5, pongMs: 2_000 } });
    const listening = listen();
    await listening.begun();
    for (let pings = 0; pings < 5; pings++) {
      await once(server.sockets[0] as WebSocket, 'message');
    }
    assert.equal(server.callers.length, 1);
  });

  it('after messages that overtook the answer to a ping is found all the same', async (test) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    let id = '';
    server.on('connection', (socket) => {
      const send = (message: object) => socket.send(JSON.stringify(message));
      socket.on('message', (text) => {
        const message = JSON.parse(String(text)) as { id?: string; type: string };
        if (message.type === 'connection_init') send({ type: 'connection_ack' });
        if (message.type === 'subscribe') id = message.id ?? '';
        if (message.type === 'ping' && id === '') send({ type: 'pong' });
        // The last that is ever heard of it.
        else if (message.type === 'ping')
          send({ id, type: 'next', payload: { data: { said: 'overtakes' } } });
      });
    });
    const { port } = server.address() as { port: number };
    const keepAlive = { pingMs: 10, pongMs: 100 };
    const client = createDeskgraphClient({ url: `ws://127.0.0.1:${port}/`, webSocket: WebSocket, keepAlive });
    test.after(async () => {
      client.dispose();
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    });
    const listening = new Listening();
    client.subscribe({ query: said }, listening);
    await listening.heard(1);
    const { reason } = await stateOf(client, 'offline');
    assert.equal(reason, 'no answer to a ping within 100 ms');
  });

  it('and never was one is given up after connectMs, without an error that nobody catches', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const client = createDeskgraphClient({
      url: `ws://127.0.0.1:${port}/graphql`,
      webSocket: WebSocket,
      connectMs: 30,
      retry: { firstMs: 1, longestMs: 1 },
    });
    let connections = 0;
    const third = new Promise<void>((resolve) => {
      silent.on('connection', (socket) => {
        socket.on('error', () => {}).resume();
        if (++connections === 3) resolve();
      });
    });
    const listening = new Listening();
    client.subscribe({ query: said }, listening);
    const { reason } = await stateOf(client, 'offline');
    assert.equal(reason, 'no connection within 30 ms');
    await third;
    client.dispose();
    assert.equal(listening.completed, true);
    silent.close();
    await once(silent, 'close');
  });
});

describe('a client', { timeout: 30_000 }, () => {
  it('that is disposed of completes everything, and can be no more', async (test) => {
    const { client, listen } = await startPair(test);
    const listening = listen();
    await listening.begun();
    client.dispose();
    client.dispose();
    assert.deepEqual([listening.completed, client.connection.kind], [true, 'disposed']);
    assert.throws(() => listen(), /disposed of/);
  });

  it('is not harmed by a sink that throws', async (test) => {
    const { server, client } = await startPair(test);
    const listening = new Listening();
    const thrown = uncaught(3);
    client.subscribe(
      { query: said },
      {
        begin: () => {
          listening.begin({ cause: 'start' });
          throw new Error('begin');
        },
        next: (result) => {
          listening.next(result as { data: { said: string } });
          throw new Error('next');
        },
      },
    );
    await listening.begun();
    await server.say('1');
    await server.say('2');
    assert.deepEqual(await thrown, ['begin', 'next', 'next']);
    assert.deepEqual([listening.texts, server.callers.length], [['1', '2'], 1]);
  });

  it('may be changed by its sinks while it calls them', async (test) => {
    const { server, client } = await startPair(test);
    const inner = new Listening();
    const outer = client.subscribe(
      { query: said },
      {
        begin: () => {
          outer.unsubscribe();
          client.subscribe({ query: said }, inner);
        },
        next: () => assert.fail('it has left'),
      },
    );
    await inner.begun();
    await server.say('1');
    await inner.heard(1);
    await settled();
    assert.deepEqual(inner.texts, ['1']);
  });

  it('asks once for what a listener subscribes to when the connection stands', async (test) => {
    const { server, client, listen } = await startPair(test);
    const second = new Listening();
    client.onConnection(({ kind }) => kind === 'live' && client.subscribe({ query: said }, second));
    await listen().begun();
    await second.begun();
    assert.equal(server.asked.length, 2);
  });

  it('begins a stream without positions when its caller knows the subscription', async (test) => {
    const { client, listen } = await startPair(test);
    await listen().begun();
    await new Promise<void>((resolve) => {
      const begin = () => resolve(subscription.unsubscribe());
      const subscription = client.subscribe({ query: said }, { begin, next: () => {} }, { after: null });
    });
  });

  it('takes URLs as people write them, and no others', () => {
    const create = (url: string) => createDeskgraphClient({ url, webSocket: WebSocket });
    for (const url of ['https://desk.example/graphql', 'ws://desk.example/graphql']) create(url).dispose();
    for (const url of ['ftp://desk.example/', 'desk.example', '/graphql'])
      assert.throws(() => create(url), TypeError);
  });

  it('refuses documents that it must not send twice', async (test) => {
    const { client } = await startPair(test);
    const mutation = { query: 'mutation { pay }' };
    assert.throws(() => client.subscribe(mutation, new Listening()), /go over HTTP/);
  });
});

/** The messages of so many errors that nobody catches, which the test runner would take for failures. */
async function uncaught(count: number): Promise<string[]> {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const messages: string[] = [];
  await new Promise<void>((resolve) => {
    process.on('uncaughtException', ({ message }) => {
      if (messages.push(message) === count) resolve();
    });
  });
  process.removeAllListeners('uncaughtException');
  for (const listener of others) process.on('uncaughtException', listener);
  return messages;
}
