import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Gap } from '../src/index.js';
import { startPair, stateOf } from './rig/listening.js';
import { refusal, result, said } from './rig/protocol-server.js';
import { seededRandom } from './rig/seeded-random.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe('a subscription over breaks of the connection', { timeout: 30_000 }, () => {
  it('tells when it stands, and hears what is published from then on', async (test) => {
    const { server, listen } = await startPair(test);
    await server.say('before');
    const listening = listen();
    await listening.begun();
    const position = listening.subscription.position;
    await server.say('hello');
    await listening.heard(1);
    assert.deepEqual(listening.texts, ['hello']);
    assert.deepEqual(listening.beginnings, [{ cause: 'start', position }]);
    assert.deepEqual(server.asked, [{ query: said, extensions: { after: 'now' } }]);
    assert.notEqual(listening.subscription.position, position);
  });

  it('gets what was published while it was away', async (test) => {
    const { server, client, listen } = await startPair(test);
    const listening = listen();
    await listening.begun();
    await server.say('1');
    await listening.heard(1);
    const { position } = listening.subscription;
    server.cut();
    await stateOf(client, 'offline');
    for (const text of ['2', '3']) await server.say(text);
    await listening.heard(3);
    await server.say('4');
    await listening.heard(4);
    assert.deepEqual(listening.texts, numbers(4));
    assert.deepEqual(
      server.asked.map(({ extensions }) => extensions?.after),
      ['now', position],
    );
    assert.equal(listening.beginnings.length, 1);
  });

  it('sends variables and the name of the operation again', async (test) => {
    const { server, client, listen } = await startPair(test);
    const request = { query: said, variables: { room: 'kitchen' }, operationName: 'Said' };
    const listening = listen({}, request);
    await listening.begun();
    const { position } = listening.subscription;
    server.cut();
    await stateOf(client, 'offline');
    await server.say('tea', 'kitchen');
    await listening.heard(1);
    assert.deepEqual(server.asked[1], { ...request, extensions: { after: position } });
  });

  it('10 subscriptions over 200 cuts at random have each heard everything once and in order', async (test) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`SEED=${seed}`);
    const random = seededRandom(seed);
    const { server, listen } = await startPair(test, { retry: { firstMs: 1, longestMs: 4 } });
    const listeners = Array.from({ length: 10 }, () => listen());
    await Promise.all(listeners.map((listening) => listening.begun()));
    let cuts = 0;
    let published = 0;
    while (cuts < 200) {
      await server.say(String(++published));
      if (random() < 0.5) await new Promise(setImmediate);
      if (random() < 0.3) await listeners[0]?.heard(Math.ceil(random() * published));
      if (random() < 0.3 && server.sockets.length > 0) {
        cuts++;
        if (random() < 0.5) server.cut();
        else server.close([1000, 1001, 1011, 1013, 4500][Math.floor(random() * 5)] ?? 1000);
      }
    }
    for (const listening of listeners) {
      await listening.heard(published);
      assert.deepEqual(listening.texts, numbers(published));
      assert.equal(listening.beginnings.length, 1);
    }
  });

  it('leaves out what is told twice', async (test) => {
    const { server, listen } = await startPair(test);
    server.answer = async function* () {
      yield { data: null, extensions: { position: 'e.0' } };
      yield result('1', 'e.1');
      yield result('1', 'e.1');
      yield result('2', 'e.2');
    };
    const listening = listen();
    await listening.ended();
    assert.deepEqual(listening.texts, ['1', '2']);
    assert.equal(listening.completed, true);
  });

  it('goes on from a position that was kept, perhaps by a page before', async (test) => {
    const { server, listen } = await startPair(test);
    const before = listen();
    await before.begun();
    await server.say('1');
    await before.heard(1);
    const { position } = before.subscription;
    before.subscription.unsubscribe();
    await server.say('2');
    const after = listen({ after: position });
    await after.heard(1);
    assert.deepEqual(after.texts, ['2']);
    assert.deepEqual(after.beginnings, []);
  });

  it('that is ended by its sink hears nothing more of what came in the same packet', async (test) => {
    const { server, client, listen } = await startPair(test);
    const other = listen();
    await other.begun();
    const texts: unknown[] = [];
    await new Promise<void>((resolve) => {
      const subscription = client.subscribe(
        { query: said },
        {
          begin: () => resolve(),
          next: ({ data }) => {
            texts.push(data?.said);
            subscription.unsubscribe();
          },
        },
      );
    });
    await Promise.all(numbers(20).map((text) => server.say(text)));
    await other.heard(20);
    assert.deepEqual(texts, ['1']);
  });

  it('that is ended hears nothing more, whatever is under way', async (test) => {
    const { server, listen } = await startPair(test);
    const [one, other] = [listen(), listen()];
    await Promise.all([one.begun(), other.begun()]);
    await server.say('1');
    one.subscription.unsubscribe();
    await other.heard(1);
    await server.say('2');
    await other.heard(2);
    assert.deepEqual([one.texts, one.completed, one.failure], [[], false, undefined]);
  });
});

describe('a gap', { timeout: 30_000 }, () => {
  it('is told once the new stream stands, so that nothing is missed between it and the state', async (test) => {
    const gaps: Gap[] = [];
    const { server, listen } = await startPair(test, { onGap: (gap) => gaps.push(gap) });
    const listening = listen({ after: 'other.7' });
    await listening.begun();
    await server.say('after the gap');
    await listening.heard(1);
    const { position = '' } = listening.beginnings[0] ?? {};
    assert.deepEqual(listening.beginnings, [{ cause: 'RESUME_GAP', position }]);
    assert.deepEqual(gaps, [{ cause: 'RESUME_GAP', position, request: { query: said } }]);
    assert.deepEqual(
      server.asked.map(({ extensions }) => extensions?.after),
      ['other.7', 'now'],
    );
  });

  it('in mid-stream is one too', async (test) => {
    const { server, listen } = await startPair(test);
    server.answer = async function* () {
      server.answer = () => undefined;
      yield { data: null, extensions: { position: 'e.0' } };
      yield result('1', 'e.1');
      throw refusal('RESUME_GAP');
    };
    const listening = listen();
    await listening.begun(2);
    await server.say('2');
    await listening.heard(2);
    assert.deepEqual(listening.texts, ['1', '2']);
    assert.deepEqual(
      listening.beginnings.map(({ cause }) => cause),
      ['start', 'RESUME_GAP'],
    );
  });

  it('is what a text is that is no position', async (test) => {
    const { listen } = await startPair(test);
    const listening = listen({ after: 'yesterday' });
    await listening.begun();
    assert.equal(listening.beginnings[0]?.cause, 'POSITION_INVALID');
  });

  it('that never ends is not asked about again and again at once', async (test) => {
    const { server, client, listen } = await startPair(test, {
      retry: { firstMs: 10_000_000, longestMs: 10_000_000 },
    });
    server.answer = () => [refusal('RESUME_GAP')];
    const listening = listen({ after: 'other.7' });
    await server.askedTimes(2);
    // Whatever the client sends at once arrives before what it sends later on the same connection.
    const probe = client.subscribe({ query: said, variables: { room: 'probe' } }, listening);
    await server.askedTimes(3);
    assert.equal(server.asked.at(-1)?.variables?.room, 'probe');
    probe.unsubscribe();
  });

  it('is told when the connection breaks before the stream stood', async (test) => {
    const gaps: Gap[] = [];
    const { server, listen } = await startPair(test, { onGap: (gap) => gaps.push(gap) });
    server.answer = () => {
      server.answer = () => undefined;
      server.cut();
      return undefined;
    };
    const listening = listen();
    await listening.begun();
    assert.deepEqual(
      [listening.beginnings, gaps].map((told) => told.map(({ cause }) => cause)),
      [['late'], ['late']],
    );
  });

  it('is told when there was no connection at first', async (test) => {
    const { server, client, listen } = await startPair(test);
    server.admit = () => {
      server.admit = () => true;
      server.cut();
      return true;
    };
    const [listening, withoutPositions] = [listen(), listen({ after: null })];
    await stateOf(client, 'offline');
    await Promise.all([listening.begun(), withoutPositions.begun()]);
    assert.deepEqual(
      [listening, withoutPositions].map(({ beginnings }) => beginnings[0]?.cause),
      ['late', 'late'],
    );
  });
});

describe('a subscription that a subgraph streams itself', { timeout: 30_000 }, () => {
  it('is asked for without a position, and tells of each break', async (test) => {
    const { server, listen } = await startPair(test);
    server.answer = ({ extensions }) => {
      if (extensions?.after !== undefined) return [refusal('SUBSCRIPTION_UNSUPPORTED')];
      return (async function* () {
        yield result(`stream ${server.asked.length}`);
        await new Promise(() => {});
      })();
    };
    const listening = listen();
    await listening.heard(1);
    server.cut();
    await listening.heard(2);
    assert.deepEqual(listening.texts, ['stream 2', 'stream 3']);
    assert.deepEqual(listening.beginnings, [{ cause: 'start' }, { cause: 'NOT_RESUMABLE' }]);
  });

  it('runs on a server that does not know "after"', async (test) => {
    const { server, listen } = await startPair(test);
    server.answer = async function* () {
      yield result('1');
      yield result('1');
    };
    const listening = listen();
    await listening.ended();
    assert.deepEqual(listening.texts, ['1', '1']);
    assert.deepEqual(listening.beginnings, [{ cause: 'start' }]);
  });
});

describe('an answer with errors', { timeout: 30_000 }, () => {
  it('that will pass is asked for again, from where the stream was', async (test) => {
    const { server, listen } = await startPair(test);
    const listening = listen();
    await listening.begun();
    await server.say('1');
    await listening.heard(1);
    let refusals = 0;
    server.answer = () => (++refusals <= 3 ? [refusal('PLUGIN_UNAVAILABLE')] : undefined);
    server.cut();
    await server.say('2');
    await listening.heard(2);
    assert.deepEqual([listening.texts, refusals], [['1', '2'], 4]);
  });

  it('in mid-stream that will pass is resumed', async (test) => {
    const { server, listen } = await startPair(test);
    const before = listen();
    await before.begun();
    await server.say('1');
    await before.heard(1);
    const { position } = before.subscription;
    server.answer = async function* () {
      server.answer = () => undefined;
      yield result('1', position);
      throw refusal('SLOW_CONSUMER');
    };
    const listening = listen();
    await listening.heard(1);
    await server.say('2');
    await listening.heard(2);
    assert.deepEqual(listening.texts, ['1', '2']);
    assert.equal(server.asked.at(-1)?.extensions?.after, position);
  });

  it('that will not pass is the end', async (test) => {
    const { server, listen } = await startPair(test);
    server.answer = () => [refusal('FORBIDDEN')];
    const listening = listen();
    await listening.ended();
    assert.deepEqual(
      [listening.failure?.code, listening.failure?.message],
      ['FORBIDDEN', 'refused with FORBIDDEN'],
    );
    assert.equal(listening.failure?.errors[0]?.extensions?.code, 'FORBIDDEN');
    assert.equal(server.asked.length, 1);
  });

  it('that should pass but does not is the end after as many attempts as were allowed', async (test) => {
    const { server, listen } = await startPair(test, { retry: { attempts: 2 } });
    server.answer = () => [refusal('PLUGIN_UNAVAILABLE')];
    const listening = listen();
    await listening.ended();
    assert.deepEqual([listening.failure?.code, server.asked.length], ['PLUGIN_UNAVAILABLE', 3]);
  });
});
