import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEvent, parseEnvelope } from '@deskgraph/events';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { randomNumbers, seed } from './random-numbers.js';

const rounds = 5_000;
const random = randomNumbers(seed);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const oddities: readonly unknown[] = [
  '',
  ' ',
  '1.0',
  '/x',
  'a b',
  '\u0000',
  '\ud83d',
  '😀',
  '订单',
  '2024-02-30T00:00:00Z',
  '2024-02-29T00:00:00Z',
  0,
  1.5,
  2 ** 31,
  -(2 ** 31),
  Number.MAX_VALUE,
  true,
  null,
  [],
  [[]],
  {},
  { specversion: '1.0' },
];
const names = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'topic',
  'partitionkey',
  'traceparent',
  'datacontenttype',
  'dataschema',
  'data',
  'data_base64',
  'tenant',
  'Tenant',
  '',
  '__proto__',
  'constructor',
  'toString',
];

/** A valid event with a few attributes replaced, added or taken away. */
function mutated(): Record<string, unknown> {
  const event: Record<string, unknown> = { ...createEvent({ type: 't', topic: 'x', source: '/s', data: 1 }) };
  for (let changes = Math.floor(random() * 4); changes > 0; changes--) {
    const name = pick(names);
    if (random() < 0.3) delete event[name];
    else Object.defineProperty(event, name, { value: pick(oddities), enumerable: true, configurable: true });
  }
  return event;
}

it(`whatever comes is an event or EVENT_INVALID, and what is accepted is accepted unchanged (seed ${seed})`, () => {
  const outcomes = { accepted: 0, refused: 0 };
  for (let round = 0; round < rounds; round++) {
    const incoming = random() < 0.1 ? pick(oddities) : mutated();
    const before = JSON.stringify(incoming);
    try {
      const event = parseEnvelope(incoming);
      outcomes.accepted++;
      // What the bus takes, it can hand on: through JSON and back it is the same event, and still one.
      assert.deepEqual(parseEnvelope(JSON.parse(JSON.stringify(event))), event, before);
    } catch (error) {
      assert.ok(isDeskgraphError(error, 'EVENT_INVALID'), `${before}: ${error}`);
      outcomes.refused++;
    }
    assert.equal(JSON.stringify(incoming), before);
  }
  assert.ok(outcomes.accepted > rounds / 10 && outcomes.refused > rounds / 10, JSON.stringify(outcomes));
});
