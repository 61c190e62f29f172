import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type Message, SocketClient } from './rig/socket-client.js';
import { type Rig, startRig } from './rig/start-rig.js';

/**
 * Every rule of graphql-ws's PROTOCOL.md that a server can break, against the running server. The suites are
 * named after its sections; the close codes are in `websocket-closing.test.ts`.
 */
describe('graphql-transport-ws', () => {
  let rig: Rig;
  let bystander: SocketClient;
  before(async () => {
    rig = await startRig();
    bystander = await SocketClient.ready(rig.url);
    bystander.subscribe('bystander', 'subscription { published }');
    await once(rig.events, 'stream');
  });
  after(async () => {
    await bystander[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  describe('section "Communication"', () => {
    it('accepts the subprotocol graphql-transport-ws and answers with it', async () => {
      await using client = await SocketClient.connect(rig.url);
      assert.equal(client.socket.protocol, 'graphql-transport-ws');
    });

    it('chooses graphql-transport-ws among several', async () => {
      await using client = await SocketClient.connect(rig.url, ['other', 'graphql-transport-ws']);
      assert.equal(client.socket.protocol, 'graphql-transport-ws');
    });

    it('closes with 4406 without a subprotocol', async () => {
      await using client = await SocketClient.connect(rig.url, []);
      assert.deepEqual(await client.closed, { code: 4406, reason: 'Subprotocol not acceptable' });
    });

    it('runs operations side by side and keeps their messages apart by identity', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('held', '{ held }');
      client.subscribe('count', 'subscription { count(to: 2) }');
      assert.deepEqual(await client.next(), nextOf('count', { count: 1 }));
      assert.deepEqual(await client.next(), nextOf('count', { count: 2 }));
      assert.deepEqual(await client.next(), { id: 'count', type: 'complete' });
      rig.events.emit('release');
      assert.deepEqual(await client.next(), nextOf('held', { held: 'released' }));
      assert.deepEqual(await client.next(), { id: 'held', type: 'complete' });
    });

    it('takes 1000 as the normal end, and unsubscribes', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('1', 'subscription { published }');
      await once(rig.events, 'stream');
      const gone = once(rig.events, 'unsubscribed');
      client.socket.close(1000, 'done');
      await gone;
      assert.equal((await client.closed).code, 1000);
    });
  });

  describe('section "ConnectionInit"', () => {
    it('closes with 4408 when none comes in time', async () => {
      await using impatient = await startRig({ limits: { connectionInitMs: 20 } });
      await using client = await SocketClient.connect(impatient.url);
      assert.deepEqual(await client.closed, { code: 4408, reason: 'Connection initialisation timeout' });
    });

    it('takes the token of the payload, and of the upgrade request', async () => {
      const authorization = `Bearer ${await rig.authenticator.issueDemoToken('agent-mia')}`;
      await using byPayload = await SocketClient.ready(rig.url, { authorization });
      byPayload.subscribe('1', '{ me }');
      assert.deepEqual(await byPayload.next(), nextOf('1', { me: 'agent-mia' }));
      await using byHeader = await SocketClient.connect(rig.url, undefined, { authorization });
      byHeader.send({ type: 'connection_init', payload: null });
      assert.equal((await byHeader.next()).type, 'connection_ack');
      byHeader.subscribe('1', '{ me }');
      assert.deepEqual(await byHeader.next(), nextOf('1', { me: 'agent-mia' }));
    });
  });

  describe('section "ConnectionAck"', () => {
    it('answers connection_init', async () => {
      await using client = await SocketClient.connect(rig.url);
      client.send({ type: 'connection_init' });
      assert.deepEqual(await client.next(), { type: 'connection_ack' });
    });
  });

  describe('section "Subscribe"', () => {
    it('closes with 4401 between connection_init and connection_ack', async () => {
      await using undecided = await startRig({
        authenticator: { authenticate: () => new Promise(() => {}) },
      });
      await using client = await SocketClient.connect(undecided.url);
      client.send({ type: 'connection_init' });
      client.subscribe('1', '{ hello }');
      assert.deepEqual(await client.closed, { code: 4401, reason: 'Unauthorized' });
    });

    it('closes with 4500 when identity cannot be told, and keeps the reason to itself', async () => {
      const authenticate = () => Promise.reject(new Error('database password wrong'));
      await using broken = await startRig({ authenticator: { authenticate } });
      await using client = await SocketClient.connect(broken.url);
      client.send({ type: 'connection_init' });
      assert.deepEqual(await client.closed, { code: 4500, reason: 'Internal server error' });
      assert.equal(broken.logged.filter(({ level }) => level === 'error').length, 1);
    });
  });

  describe('section "Ping" and "Pong"', () => {
    it('answers ping with pong, before connection_init too', async () => {
      await using client = await SocketClient.connect(rig.url);
      client.send({ type: 'ping' });
      assert.deepEqual(await client.next(), { type: 'pong' });
    });

    it('gives the payload of a ping back', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.send({ type: 'ping', payload: { at: 7 } });
      assert.deepEqual(await client.next(), { type: 'pong', payload: { at: 7 } });
    });

    it('takes a pong nobody asked for', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.send({ type: 'pong', payload: {} });
      await client.settled();
      assert.deepEqual(client.untaken, []);
    });
  });

  describe('section "Next"', () => {
    it('carries data and errors of a result, then completes', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('1', '{ hello failing }');
      const { payload, ...rest } = await client.next();
      assert.deepEqual(rest, { id: '1', type: 'next' });
      assert.deepEqual((payload as Message).data, { hello: 'Hello, world!', failing: null });
      const [error] = (payload as { errors: Message[] }).errors;
      assert.deepEqual(error?.path, ['failing']);
      assert.deepEqual(error?.extensions, { code: 'SUBGRAPH_ERROR' });
      assert.deepEqual(await client.next(), { id: '1', type: 'complete' });
    });

    it('runs mutations, with variables and the operation that is named', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe(
        '"1"',
        'mutation A { add(amount: 0) } query B($name: String!) { hello(name: $name) }',
        {
          operationName: 'B',
          variables: { name: 'Mia' },
          extensions: {},
        },
      );
      assert.deepEqual(await client.next(), nextOf('"1"', { hello: 'Hello, Mia!' }));
    });
  });

  describe('section "Error"', () => {
    const failures = [
      { name: 'a syntax error', query: '{', code: 'GRAPHQL_PARSE_FAILED', located: true },
      { name: 'a validation error', query: '{ nothing }', code: 'GRAPHQL_VALIDATION_FAILED', located: true },
      {
        name: 'an operation that is not there',
        query: 'query A { hello }',
        operationName: 'B',
        code: 'OPERATION_RESOLUTION_FAILURE',
        located: false,
      },
      {
        name: 'a variable of the wrong type',
        query: 'query ($n: Int!) { text(length: $n) }',
        variables: { n: 'x' },
        code: 'BAD_USER_INPUT',
        located: true,
      },
    ];
    for (const { name, query, code, located, ...more } of failures) {
      it(`tells ${name} with its code, and no complete follows`, async () => {
        await using client = await SocketClient.ready(rig.url);
        client.subscribe('1', query, more);
        const message = await client.next();
        assert.equal(message.type, 'error');
        assert.equal(message.id, '1');
        const [error] = message.payload as { extensions: Message; locations?: unknown[] }[];
        assert.equal(error?.extensions.code, code);
        assert.equal(error?.locations !== undefined, located);
        await client.settled();
        assert.deepEqual(client.untaken, []);
      });
    }

    it('ends a stream that breaks, and the identity is free again', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('1', 'subscription { breaking }');
      assert.deepEqual(await client.next(), nextOf('1', { breaking: 1 }));
      const message = await client.next();
      assert.equal(message.type, 'error');
      assert.equal((message.payload as [{ extensions: Message }])[0].extensions.code, 'INTERNAL_ERROR');
      client.subscribe('1', '{ hello }');
      assert.deepEqual(await client.next(), nextOf('1', { hello: 'Hello, world!' }));
    });
  });

  describe('section "Complete"', () => {
    it('from the client ends a stream at once: nothing more comes, the source is let go', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('1', 'subscription { published }');
      await once(rig.events, 'stream');
      const gone = once(rig.events, 'unsubscribed');
      client.send({ id: '1', type: 'complete' });
      await gone;
      rig.events.emit('publish', 'too late');
      await client.settled();
      assert.deepEqual(client.untaken, []);
      assert.equal((await bystander.next()).id, 'bystander');
    });

    it('from the client before a query resolved: its result is not sent', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('1', '{ held }');
      const [caller] = await once(rig.events, 'run');
      client.send({ id: '1', type: 'complete' });
      await client.settled();
      assert.equal(caller.signal.aborted, true);
      rig.events.emit('release');
      await client.settled();
      assert.deepEqual(client.untaken, []);
    });

    it('for an identity that is not known is ignored', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.send({ id: 'nobody', type: 'complete' });
      await client.settled();
      assert.deepEqual(client.untaken, []);
    });

    it('frees the identity: complete and subscribe again within one packet', async () => {
      await using client = await SocketClient.ready(rig.url);
      client.subscribe('1', 'subscription { published }');
      await once(rig.events, 'stream');
      const raw = (client.socket as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
      raw.cork();
      client.send({ id: '1', type: 'complete' });
      client.subscribe('1', 'subscription { published }');
      raw.uncork();
      await once(rig.events, 'stream');
      rig.events.emit('publish', 'again');
      assert.deepEqual(await client.next(), nextOf('1', { published: 'again' }));
      assert.equal((await bystander.next()).id, 'bystander');
    });
  });
});

function nextOf(id: string, data: unknown): Message {
  return { id, type: 'next', payload: { data } };
}
