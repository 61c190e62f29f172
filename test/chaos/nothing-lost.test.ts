import assert from 'node:assert/strict';
import { it } from 'node:test';
import { noRedis } from '@deskgraph/events/testing';
import { hubsKilled } from './hubs-killed.js';
import { testRandom } from './random.js';
import { socketsCut } from './sockets-cut.js';
import type { Tally } from './tally.js';
import { workersKilled } from './workers-killed.js';

/** Short forms of what `npm run test:chaos` does at length. */
function assertNothingLost({ lost, duplicated, outOfOrder, sent }: Tally): void {
  assert.deepEqual({ lost, duplicated, outOfOrder }, { lost: 0, duplicated: 0, outOfOrder: 0 });
  assert.ok(sent > 100, `only ${sent} were sent`);
}

it('killed relays, consumers and Redis lose no event, and none takes effect twice', {
  skip: noRedis ?? false,
}, async () => {
  assertNothingLost(
    await workersKilled({ random: testRandom(), kills: 2, bus: 'redis', eventsPerSecond: 100 }),
  );
});

it('killed hubs on one database lose nothing for those who subscribed', async () => {
  const scenario = { random: testRandom(), kills: 2, messagesPerSecond: 40, subscribers: 10 } as const;
  assertNothingLost(await hubsKilled({ ...scenario, bus: 'postgres' }));
});

it('subscribers whose connections are cut see everything once and in order', async () => {
  assertNothingLost(
    await socketsCut({ random: testRandom(), reconnects: 60, messagesPerSecond: 40, subscribers: 12 }),
  );
});
