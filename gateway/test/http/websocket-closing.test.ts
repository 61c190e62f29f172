import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type Message, SocketClient } from './rig/socket-client.js';
import { type Rig, startRig } from './rig/start-rig.js';

/**
 * Every way to be closed of graphql-ws's PROTOCOL.md, by its sections. Each test also proves that another client
 * notices nothing.
 */
describe('graphql-transport-ws close codes', () => {
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

  const proveBystander = async () => {
    rig.events.emit('publish', 'still here');
    assert.deepEqual(await bystander.next(), {
      id: 'bystander',
      type: 'next',
      payload: { data: { published: 'still here' } },
    });
  };

  /** What a client sends, and the code and reason it is closed with. */
  interface ClosingCase {
    readonly rule: string;
    readonly before?: 'nothing' | 'init';
    readonly send: readonly (Message | string | Buffer)[];
    readonly code: number;
    readonly reason: RegExp;
  }

  const subscribeMessage = (id: unknown, payload: unknown): Message => ({ id, type: 'subscribe', payload });
  const endless = { query: 'subscription { published }' };
  const invalid = { code: 4400, reason: /^Invalid message received$/ };

  const closingCases: Readonly<Record<string, readonly ClosingCase[]>> = {
    ConnectionInit: [
      {
        rule: 'a second connection_init closes with 4429',
        before: 'nothing',
        send: [{ type: 'connection_init' }, { type: 'connection_init' }],
        code: 4429,
        reason: /^Too many initialisation requests$/,
      },
      {
        rule: 'a second connection_init after the acknowledgement closes with 4429',
        send: [{ type: 'connection_init' }],
        code: 4429,
        reason: /^Too many initialisation requests$/,
      },
      {
        rule: 'a token that is not valid closes with 4403',
        before: 'nothing',
        send: [{ type: 'connection_init', payload: { authorization: 'Bearer forged' } }],
        code: 4403,
        reason: /^Forbidden$/,
      },
      {
        rule: 'an authorization that is no text closes with 4403',
        before: 'nothing',
        send: [{ type: 'connection_init', payload: { authorization: { token: 1 } } }],
        code: 4403,
        reason: /^Forbidden$/,
      },
    ],
    Subscribe: [
      {
        rule: 'subscribing before connection_init closes with 4401',
        before: 'nothing',
        send: [subscribeMessage('1', endless)],
        code: 4401,
        reason: /^Unauthorized$/,
      },
      {
        rule: 'an identity in use by a subscription closes with 4409',
        send: [subscribeMessage('taken', endless), subscribeMessage('taken', endless)],
        code: 4409,
        reason: /^Subscriber for taken already exists$/,
      },
      {
        rule: 'an identity in use by a query closes with 4409',
        send: [subscribeMessage('taken', { query: '{ held }' }), subscribeMessage('taken', endless)],
        code: 4409,
        reason: /^Subscriber for taken already exists$/,
      },
      {
        rule: 'an identity too long for a close frame still closes with 4409',
        send: [subscribeMessage('长'.repeat(100), endless), subscribeMessage('长'.repeat(100), endless)],
        code: 4409,
        reason: /^Subscriber for 长+$/,
      },
    ],
    'Invalid message': [
      { rule: 'text that is not JSON', send: ['{"type":'], ...invalid },
      { rule: 'an empty text', send: [''], ...invalid },
      { rule: 'JSON that is not an object', send: ['[]'], ...invalid },
      { rule: 'null', send: ['null'], ...invalid },
      { rule: 'no type', send: [{ id: '1' }], ...invalid },
      { rule: 'a type that is not a text', send: [{ type: 1 }], ...invalid },
      { rule: 'a type that does not exist', send: [{ type: 'start' }], ...invalid },
      {
        rule: 'connection_init with a payload that is no object',
        before: 'nothing',
        send: [{ type: 'connection_init', payload: 1 }],
        ...invalid,
      },
      { rule: 'ping with a payload that is no object', send: [{ type: 'ping', payload: 'x' }], ...invalid },
      { rule: 'pong with a payload that is no object', send: [{ type: 'pong', payload: 'x' }], ...invalid },
      { rule: 'subscribe without an identity', send: [{ type: 'subscribe', payload: endless }], ...invalid },
      { rule: 'subscribe with an empty identity', send: [subscribeMessage('', endless)], ...invalid },
      { rule: 'subscribe with a numeric identity', send: [subscribeMessage(1, endless)], ...invalid },
      { rule: 'subscribe without a payload', send: [{ id: '1', type: 'subscribe' }], ...invalid },
      { rule: 'subscribe without a query', send: [subscribeMessage('1', {})], ...invalid },
      { rule: 'a query that is not a text', send: [subscribeMessage('1', { query: 1 })], ...invalid },
      {
        rule: 'variables that are no object',
        send: [subscribeMessage('1', { ...endless, variables: [] })],
        ...invalid,
      },
      {
        rule: 'an operationName that is not a text',
        send: [subscribeMessage('1', { ...endless, operationName: 1 })],
        ...invalid,
      },
      {
        rule: 'extensions that are no object',
        send: [subscribeMessage('1', { ...endless, extensions: 'x' })],
        ...invalid,
      },
      { rule: 'complete without an identity', send: [{ type: 'complete' }], ...invalid },
      {
        rule: 'next, which only a server sends',
        send: [{ id: '1', type: 'next', payload: {} }],
        code: 4400,
        reason: /next/,
      },
      {
        rule: 'error, which only a server sends',
        send: [{ id: '1', type: 'error', payload: [{ message: 'x' }] }],
        code: 4400,
        reason: /error/,
      },
      {
        rule: 'connection_ack, which only a server sends',
        send: [{ type: 'connection_ack' }],
        code: 4400,
        reason: /connection_ack/,
      },
      { rule: 'a binary frame', send: [Buffer.from('{"type":"ping"}')], code: 4400, reason: /Binary/ },
    ],
  };

  for (const [section, cases] of Object.entries(closingCases)) {
    describe(`section "${section}"`, () => {
      for (const { rule, before: state = 'init', send, code, reason } of cases) {
        it(`${rule}: ${code}`, async () => {
          await using client = await (state === 'init'
            ? SocketClient.ready(rig.url)
            : SocketClient.connect(rig.url));
          for (const message of send) {
            if (Buffer.isBuffer(message)) client.socket.send(message, { binary: true });
            else client.send(message as Message | string);
          }
          const closed = await client.closed;
          assert.equal(closed.code, code);
          assert.match(closed.reason, reason);
          await proveBystander();
        });
      }
    });
  }
});
