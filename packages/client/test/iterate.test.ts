import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { WebSocket } from 'ws';
import type { Beginning, DeskgraphClient, SubscriptionResult } from '../src/index.js';
import { startPair } from './rig/listening.js';
import { refusal, result, said } from './rig/protocol-server.js';

type Said = { said: string };
type Results = AsyncIterator<SubscriptionResult<Said>, undefined>;

/** Reads so many texts. */
async function read(results: Results, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { value, done } = await results.next();
    if (done) throw new Error(`the stream ended after ${texts.length} results`);
    texts.push(String(value.data?.said));
  }
  return texts;
}

/** Resolves when what the server has sent by now has come: it answers in order. */
function answered(client: DeskgraphClient): Promise<void> {
  return new Promise((begin) => {
    client.subscribe({ query: said, variables: { room: 'probe' } }, { begin: () => begin(), next: () => {} });
  });
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe('a loop over a subscription', { timeout: 30_000 }, () => {
  it('begins at once, goes on over breaks, and leaving it unsubscribes', async (test) => {
    const { server, client } = await startPair(test, { idleCloseMs: 1 });
    let begin: (beginning: Beginning) => void = () => {};
    const begun = new Promise<Beginning>((resolve) => {
      begin = resolve;
    });
    const texts: string[] = [];
    const loop = (async () => {
      for await (const { data } of client.iterate<Said>({ query: said }, { begin })) {
        texts.push(String(data?.said));
        if (texts.length === 2) server.cut();
        if (texts.length === 4) break;
      }
    })();
    assert.equal((await begun).cause, 'start');
    for (const text of numbers(1, 2)) await server.say(text);
    await server.askedTimes(2);
    const socketClosed = once(server.sockets.at(-1) as WebSocket, 'close');
    for (const text of numbers(3, 4)) await server.say(text);
    await loop;
    assert.deepEqual(texts, numbers(1, 4));
    assert.equal((await socketClosed)[0], 1000);
  });

  it('that is slow pauses the stream, and gets the rest when it has caught up', async (test) => {
    const { server, client } = await startPair(test, { idleCloseMs: 60_000 });
    const results = await new Promise<Results>((resolve) => {
      const stream = client.iterate<Said>({ query: said }, { begin: () => resolve(stream) });
    });
    for (const text of numbers(1, 1_000)) await server.say(text);
    await answered(client);
    assert.equal(server.asked.length, 2);
    assert.deepEqual(await read(results, 256), numbers(1, 256));
    const rest = read(results, 1_000);
    await server.askedTimes(3);
    for (const text of numbers(1_001, 1_256)) await server.say(text);
    assert.deepEqual(await rest, numbers(257, 1_256));
    assert.equal(server.callers.length, 1);
  });

  it('that is slow is cut off when the stream cannot pause', async (test) => {
    const { server, client } = await startPair(test);
    server.answer = async function* () {
      server.answer = () => undefined;
      for (const text of numbers(1, 300)) yield result(text);
    };
    const results = client.iterate<Said>({ query: said }, { after: null });
    assert.deepEqual(await read(results, 1), ['1']);
    await answered(client);
    assert.deepEqual(await read(results, 256), numbers(2, 257));
    await assert.rejects(results.next(), { code: 'SLOW_CONSUMER' });
  });

  it('throws at the end what subscribe tells as an error, after what came before, once', async (test) => {
    const { server, client } = await startPair(test);
    server.answer = async function* () {
      yield { data: null, extensions: { position: 'e.0' } };
      yield result('1', 'e.1');
      throw refusal('FORBIDDEN');
    };
    const results = client.iterate<Said>({ query: said });
    assert.deepEqual(await read(results, 1), ['1']);
    await assert.rejects(results.next(), { code: 'FORBIDDEN' });
    assert.deepEqual(await results.next(), { value: undefined, done: true });
  });

  it('ends when the client is disposed of, also while it waits', async (test) => {
    const { client } = await startPair(test);
    const results = client.iterate<Said>({ query: said });
    const [first, second] = [results.next(), results.next()];
    client.dispose();
    assert.deepEqual(await Promise.all([first, second]), Array(2).fill({ value: undefined, done: true }));
  });
});
