import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SocketClient } from './rig/socket-client.js';
import { startRig } from './rig/start-rig.js';

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32: a small generator whose run can be repeated. */
function randomOf(state: number): (below: number) => number {
  let a = state;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const fragments = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  '1e999',
  '\\u0000',
  '\u0000',
  '李',
  '__proto__',
  ' ',
];

/** Cuts, doubles, swaps or inserts something. */
function mutate(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const length = random(6);
  switch (random(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at + length) + text.slice(at);
    case 2:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + fragments[random(fragments.length)] + text.slice(at + length);
  }
}

function mutated(samples: readonly string[], random: (below: number) => number): string {
  let text = samples[random(samples.length)] as string;
  for (let times = random(4); times >= 0; times--) text = mutate(text, random);
  return text;
}

const requests = [
  '{"query":"query Q($name: String) { hello(name: $name) me }","operationName":"Q","variables":{"name":"x"}}',
  '{"query":"{ hello failing }","extensions":{"a":[1,2,{"b":null}]}}',
  '[{"query":"{ hello }"}]',
];

const messages = [
  '{"id":"1","type":"subscribe","payload":{"query":"{ hello failing }","variables":{},"operationName":null}}',
  '{"id":"2","type":"subscribe","payload":{"query":"subscription { count(to: 2) }"}}',
  '{"id":"2","type":"complete"}',
  '{"type":"ping","payload":{"a":1}}',
  '{"type":"connection_init","payload":{"authorization":"Bearer x"}}',
];

describe(`mutated requests and messages (FUZZ_SEED=${seed})`, () => {
  it('are answered over HTTP with data or a code below 500', async () => {
    await using rig = await startRig();
    const random = randomOf(seed);
    for (let count = 0; count < 500; count++) {
      const body = mutated(requests, random);
      const response = await fetch(`${rig.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body,
      });
      const answer = (await response.json()) as {
        data?: unknown;
        errors?: { extensions: { code?: string } }[];
      };
      assert.ok(response.status < 500, `${response.status} for ${body}`);
      if (response.status !== 200) assert.equal(answer.data, undefined, body);
      if (answer.data === undefined) assert.ok(answer.errors?.[0]?.extensions.code, `no code for ${body}`);
    }
    assert.deepEqual(
      rig.logged.filter(({ level }) => level === 'error'),
      [],
    );
  });

  it('are answered over WebSocket, or close it with a code of the protocol', async () => {
    await using rig = await startRig();
    const random = randomOf(seed);
    await using bystander = await SocketClient.ready(rig.url);
    const closable = new Set([4400, 4409, 4429]);
    for (let count = 0; count < 150; count++) {
      await using client = await SocketClient.ready(rig.url);
      const sent = Array.from({ length: 1 + random(4) }, () => mutated(messages, random));
      for (const message of sent) client.send(message);
      // Either the protocol's close or the answer to a ping that follows.
      const end = await Promise.race([client.closed, client.settled().catch(() => client.closed)]);
      if (end !== undefined)
        assert.ok(closable.has(end.code), `${end.code} ${end.reason} for ${sent.join(' | ')}`);
    }
    await bystander.settled();
    assert.deepEqual(
      rig.logged.filter(({ level }) => level === 'error'),
      [],
    );
  });
});
