import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ConsumingHub } from '../hub-process/consuming-hub.js';
import { runCommand } from '../hub-process/run-command.js';
import { type EventAnswer, orderPaid, Shop } from '../hub-process/shop.js';

const seconds = () => Math.floor(Date.now() / 1000);
const ahead = () => new Date(Date.now() + 3_600_000).toISOString();
const other = `whsec_${randomBytes(32).toString('base64')}`;

/** What is refused, how, and as whose. */
const refusals: readonly {
  readonly name: string;
  readonly post: (shop: Shop) => Promise<EventAnswer>;
  readonly answer: EventAnswer;
  readonly sender: 'shop' | 'unknown';
}[] = [
  {
    name: 'a wrong signature',
    post: (shop) => shop.post(orderPaid('bad'), { secret: other }),
    answer: { status: 401, code: 'WEBHOOK_SIGNATURE_INVALID' },
    sender: 'unknown',
  },
  {
    name: 'an old timestamp',
    post: (shop) => shop.post(orderPaid('bad'), { signedAt: seconds() - 3_600 }),
    answer: { status: 401, code: 'WEBHOOK_TIMESTAMP_INVALID' },
    sender: 'unknown',
  },
  {
    name: 'a type that nobody consumes',
    post: (shop) => shop.post(orderPaid('bad', { type: 'order.lost' })),
    answer: { status: 422, code: 'EVENT_UNDECLARED' },
    sender: 'shop',
  },
  {
    name: 'a type that the sender may not send',
    post: (shop) => shop.post(orderPaid('bad', { type: 'customer.created' })),
    answer: { status: 403, code: 'EVENT_UNDECLARED' },
    sender: 'shop',
  },
  {
    name: 'data that fits one consumer and not the other',
    post: (shop) => shop.post(orderPaid('bad', { data: { total: 1 } })),
    answer: { status: 422, code: 'EVENT_INVALID' },
    sender: 'shop',
  },
  {
    name: 'a clock that is an hour ahead',
    post: (shop) => shop.post(orderPaid('bad', { time: ahead() })),
    answer: { status: 422, code: 'EVENT_INVALID' },
    sender: 'shop',
  },
  {
    name: 'more than 256 KiB',
    post: (shop) => shop.post(orderPaid('bad', { data: { orderId: 'x'.repeat(300_000) } })),
    answer: { status: 413, code: 'BODY_TOO_LARGE' },
    sender: 'unknown',
  },
  {
    name: 'what is no JSON',
    post: (shop) => shop.post('{"specversion": "1.0", '),
    answer: { status: 400, code: 'EVENT_INVALID' },
    sender: 'shop',
  },
];

describe('events posted to a hub from outside', () => {
  let hub: ConsumingHub;
  let shop: Shop;
  before(async () => {
    hub = await ConsumingHub.start();
    shop = new Shop(hub.url, hub.secret);
  });
  after(() => hub[Symbol.asyncDispose]());

  const counted = async (sender: string, outcome: string): Promise<number> =>
    (await hub.metric(`deskgraph_webhook_events_total{sender="${sender}",outcome="${outcome}"}`)) ?? 0;

  it('reach every plugin that consumes them', async () => {
    assert.deepEqual(await shop.post(orderPaid('o-1')), { status: 202, duplicate: false });
    assert.deepEqual(await hub.untilHandled('ledger', 'o-1'), ['o-1']);
    assert.deepEqual(await hub.untilHandled('points', 'o-1'), ['o-1']);
    assert.equal(await counted('shop', 'stored'), 1);
  });

  it('are handled once when they are sent again', async () => {
    const order = orderPaid('o-2');
    assert.deepEqual(await shop.post(order), { status: 202, duplicate: false });
    assert.deepEqual(await shop.post(order), { status: 202, duplicate: true });
    await shop.post(orderPaid('o-3'));
    for (const plugin of ['ledger', 'points'] as const) {
      await hub.untilHandled(plugin, 'o-3');
      const handled = await hub.untilHandled(plugin, 'o-2');
      assert.equal(handled.filter((subject) => subject === 'o-2').length, 1);
    }
    assert.equal(await counted('shop', 'duplicate'), 1);
  });

  for (const { name, post, answer, sender } of refusals) {
    it(`are refused for ${name}: counted, and what comes after is handled`, async () => {
      const before = await counted(sender, answer.code as string);
      assert.deepEqual(await post(shop), answer);
      assert.equal(await counted(sender, answer.code as string), before + 1);
      await shop.post(orderPaid(`after ${name}`));
      for (const plugin of ['ledger', 'points'] as const) await hub.untilHandled(plugin, `after ${name}`);
    });
  }

  it('are stored nowhere when they are refused', async () => {
    const { stdout } = await runCommand(['events', 'list', '--json', '-c', hub.config]);
    const subjects = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event.subject);
    assert.deepEqual(subjects, ['o-1', 'o-2', 'o-3', ...refusals.map(({ name }) => `after ${name}`)]);
  });

  it('that one plugin cannot handle are put aside for it alone, and its next ones go on', async () => {
    const poisoned = orderPaid('o-4', { data: { orderId: 'o-4', poison: 'ledger' } });
    await shop.post(poisoned);
    await shop.post(orderPaid('o-4', { data: { orderId: 'o-4', total: 2 } }));
    assert.equal((await hub.untilHandled('ledger', 'o-4')).filter((subject) => subject === 'o-4').length, 1);
    await shop.post(orderPaid('o-5'));
    const handled = await hub.untilHandled('points', 'o-5');
    assert.equal(handled.filter((subject) => subject === 'o-4').length, 2);
    const { stdout } = await runCommand(['events', 'dead-letters', '--json', '-c', hub.config]);
    const { group, event, code } = JSON.parse(stdout);
    assert.deepEqual([group, event.id, code], ['ledger', poisoned.id, 'BAD_USER_INPUT']);
  });
});
