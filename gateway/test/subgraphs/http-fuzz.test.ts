import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import type { SubgraphResponse } from '../../src/subgraphs/transport.js';
import { Random } from '../differential/random.js';
import { callContext, connect, variables } from './calls.js';
import { startSubgraphServer } from './subgraph-server.js';

const whole = JSON.stringify({
  data: { product: { name: 'Lämp', tags: ['a', null], '\u0000': 1.5e300 } },
  errors: [{ message: 'm', path: ['product', 0], extensions: { code: 'X', nested: { deep: [1] } } }],
});

/** The answer with some bytes changed, taken away, doubled or cut off. */
function damage(random: Random): Buffer {
  let bytes = Buffer.from(whole);
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(bytes.length);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at);
    bytes = random.pick([
      () => Buffer.concat([before, Buffer.of(random.below(256)), after.subarray(1)]),
      () => Buffer.concat([before, after.subarray(1 + random.below(8))]),
      () => Buffer.concat([before, after.subarray(0, random.below(20)), after]),
      () =>
        Buffer.concat([before, Buffer.from(random.pick(['[]', 'null', '"', '{}', '7', '__proto__'])), after]),
      () => before,
    ])();
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

/** Either the one failure of the transport, or a response in the form of the specification. */
function assertWellFormed(response: SubgraphResponse): void {
  if (response.data === undefined) {
    assert.equal(response.errors?.length, 1);
    assert.equal(response.errors[0]?.extensions?.code, 'SUBGRAPH_MALFORMED_RESPONSE');
    assert.ok((response.errors[0]?.message ?? '').length < 200);
    return;
  }
  assert.ok(typeof response.data === 'object' && !Array.isArray(response.data));
  if (response.errors !== undefined) assert.ok(response.errors.length > 0);
  for (const error of response.errors ?? []) {
    assert.equal(typeof error.message, 'string');
    if (error.path !== undefined) assert.ok(Array.isArray(error.path));
    if (error.extensions !== undefined) assert.equal(typeof error.extensions, 'object');
  }
}

describe('1,000 damaged answers', () => {
  it('are each a response or an error, and never an exception', async (test) => {
    const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 32 - 1));
    const random = new Random(seed);
    let body: Buffer = Buffer.alloc(0);
    const server = await startSubgraphServer(test, (response) => response.end(body));
    const { query } = connect(test, server.url);
    const found = { responses: 0, failures: 0 };
    for (let round = 0; round < 1000; round++) {
      body = damage(random);
      const response = await query.send(variables({ round }), callContext());
      try {
        assertWellFormed(response);
      } catch (cause) {
        throw new Error(`FUZZ_SEED=${seed}, round ${round}: ${body.toString('utf8')}`, { cause });
      }
      found[response.data === undefined ? 'failures' : 'responses']++;
    }
    assert.ok(
      found.responses > 20 && found.failures > 20,
      `one-sided: ${JSON.stringify(found)}, FUZZ_SEED=${seed}`,
    );
    assert.equal(Object.hasOwn(Object.prototype, 'name'), false);
  });
});
