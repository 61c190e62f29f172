import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvent, partitionCount } from '@deskgraph/events';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import {
  fairShare,
  type GroupRecord,
  newGroup,
  released,
  renewed,
} from '../src/drivers/nats/group-record.js';
import { HandingOver } from '../src/drivers/nats/handing-over.js';
import { MemberWatch } from '../src/drivers/nats/member-watch.js';
import { ReadingSlots } from '../src/drivers/nats/reading-slots.js';
import { RecentEvents } from '../src/drivers/nats/recent-events.js';
import { serverAddress } from '../src/drivers/nats/server-address.js';
import { Subjects, subjectToken } from '../src/drivers/nats/subjects.js';
import { randomNumbers, seed } from './random-numbers.js';

describe('a token of a subject', () => {
  it('is readable, one token of letters that NATS allows, and another one for each text', () => {
    assert.equal(subjectToken('chat.conversation.con_7'), 'chat=2Econversation=2Econ_7');
    const texts = [
      'a.b',
      'a=2Eb',
      'a b',
      '*',
      '>',
      '',
      '你好',
      '\u0000',
      'é',
      'x'.repeat(300),
      `${'x'.repeat(299)}y`,
    ];
    const tokens = texts.map(subjectToken);
    for (const token of tokens) assert.match(token, /^[A-Za-z0-9_=-]{0,200}$/);
    assert.equal(new Set(tokens).size, texts.length);
  });

  it('leads back to partition, type and group', () => {
    const subjects = new Subjects('hub');
    const event = createEvent({ type: 'order.paid', source: '/test', topic: 'a.b.*', data: 1 });
    assert.deepEqual(subjects.addressOf(subjects.event(event))?.forGroup, null);
    assert.deepEqual(subjects.addressOf(subjects.event(event, 'shop.eu'))?.forGroup, 'shop=2Eeu');
    for (const subject of [
      'hub.events',
      'hub.events.1.a',
      'hub.events.16.a.b',
      'hub.events.-1.a.b',
      'hub.events.x.a.b',
    ])
      assert.equal(subjects.addressOf(subject), null, subject);
  });
});

describe('the address of a server', () => {
  it('has credentials, a token, TLS and several servers', () => {
    assert.deepEqual(serverAddress('nats://a'), { servers: ['a:4222'] });
    assert.deepEqual(serverAddress('a:1, b:2'), { servers: ['a:1', 'b:2'] });
    assert.deepEqual(serverAddress('tls://t%40k@a:1'), { servers: ['a:1'], token: 't@k', tls: {} });
    assert.deepEqual(serverAddress('nats://u:p%2F@a,nats://b'), {
      servers: ['a:4222', 'b:4222'],
      user: 'u',
      pass: 'p/',
    });
    assert.deepEqual(serverAddress('nats://[::1]:5'), { servers: ['[::1]:5'] });
  });

  it('is refused without being shown, because there may be a password in it', () => {
    for (const text of ['', 'nats://', 'http://u:secret@a', 'nats://u:secret@a:port', 'nats://a,']) {
      assert.throws(
        () => serverAddress(text),
        (error: unknown) => isDeskgraphError(error, 'CONFIG_INVALID') && !String(error).includes('secret'),
        text,
      );
    }
  });
});

describe('the partitions of a group', () => {
  const alive = () => false;
  const renew = (record: GroupRecord, member: string, parts: object = {}) =>
    renewed(record, { member, leaseMs: 1_000, types: ['t'], isDead: alive, isBusy: alive, ...parts });
  const ownedBy = ({ lanes }: GroupRecord, member: string) =>
    lanes.filter(({ owner }) => owner === member).length;

  it('are shared evenly by any number of members in two rounds, whoever comes and goes', () => {
    const random = randomNumbers(seed);
    let record = newGroup('g', 'e', 0);
    let members: string[] = [];
    for (let step = 0; step < 300; step++) {
      const leaves = members.length > 1 && random() < 0.4;
      if (leaves) {
        const gone = members[Math.floor(random() * members.length)] as string;
        members = members.filter((member) => member !== gone);
        // Some say so, others are found dead.
        if (random() < 0.5) record = released(record, gone);
      } else members.push(`m${step}`);
      const isDead = (id: string) => !members.includes(id);
      for (let round = 0; round < 2; round++)
        for (const member of members) record = renew(record, member, { isDead });
      const counts = members.map((member) => ownedBy(record, member));
      assert.equal(
        counts.reduce((a, b) => a + b),
        partitionCount,
      );
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `shares ${counts}, seed ${seed}`);
      assert.deepEqual(Object.keys(record.members).sort(), [...members].sort());
    }
  });

  it('add up to all of them', () => {
    for (let count = 1; count <= 40; count++) {
      const members = Array.from({ length: count }, (_, n) => `m${n}`);
      const total = members.reduce((sum, member) => sum + fairShare(members, member), 0);
      assert.equal(total, partitionCount);
    }
  });

  it('stay where somebody works on them, and are not taken from who lives', () => {
    const first = renew(newGroup('g', 'e', 0), 'a');
    assert.equal(ownedBy(first, 'a'), 16);
    const joined = renew(first, 'b');
    assert.equal(ownedBy(joined, 'b'), 0);
    const busy = renew(joined, 'a', { isBusy: (partition: number) => partition < 12 });
    assert.equal(ownedBy(busy, 'a'), 12);
    assert.equal(ownedBy(renew(busy, 'b'), 'b'), 4);
  });

  it('come from the dead with what they had not finished', () => {
    const held = renew({ ...newGroup('g', 'e', 5) }, 'a');
    const lanes = held.lanes.map((lane) => ({ ...lane, finished: 7, failed: { 8: 2 } }));
    const taken = renew({ ...held, lanes }, 'b', { isDead: () => true });
    assert.deepEqual(taken.lanes[3], { owner: 'b', finished: 7, failed: { 8: 2 } });
    assert.deepEqual(Object.keys(taken.members), ['b']);
  });
});

describe('watching members', () => {
  it('takes for dead who does not move for as long as its leases last, whatever the clocks say', () => {
    let now = 0;
    const watch = new MemberWatch(() => now);
    const member = (beat: number) => ({ beat, leaseMs: 1_000, until: 0 });
    assert.equal(watch.isDead('a', member(1)), false);
    now = 999;
    assert.equal(watch.isDead('a', member(1)), false);
    assert.equal(watch.isDead('b', member(1)), false);
    now = 1_000;
    assert.equal(watch.isDead('a', member(1)), true);
    assert.equal(watch.isDead('a', member(2)), false);
    now = 1_999;
    assert.equal(watch.isDead('a', member(2)), false);
    assert.equal(watch.isDead('b', member(1)), true);
    watch.keep(new Set(['a']));
    assert.equal(watch.isDead('b', member(1)), false);
  });

  it('waits a minute for a partition that is handed over', () => {
    let now = 0;
    const handingOver = new HandingOver(() => now);
    handingOver.set([1, 2]);
    now = 59_999;
    handingOver.set([2, 3]);
    assert.deepEqual(
      [1, 2, 3].map((partition) => handingOver.has(partition)),
      [false, true, true],
    );
    now = 60_000;
    assert.deepEqual(
      [1, 2, 3].map((partition) => handingOver.isLate(partition)),
      [false, true, false],
    );
  });
});

describe('the last events', () => {
  const event = createEvent({ type: 't', source: '/test', topic: 'x', data: 1 });
  const stored = (sequence: number) => ({ sequence, at: 0, partition: 0, forGroup: null, event });
  const after = (recent: RecentEvents, sequence: number) =>
    [...recent.after(sequence)].map(({ sequence: n }) => n);

  it('are whole after every position that is covered, with bounds on number and bytes', () => {
    for (const limits of [
      { events: 10, bytes: 1_000_000 },
      { events: 1_000_000, bytes: 100 },
    ]) {
      const recent = new RecentEvents(limits);
      recent.clear(5);
      const all: number[] = [];
      for (let sequence = 6; sequence < 200; sequence += 1 + (sequence % 3)) {
        recent.add(stored(sequence), 10);
        all.push(sequence);
        for (let position = 0; position <= sequence; position++) {
          if (!recent.covers(position)) continue;
          assert.deepEqual(
            after(recent, position),
            all.filter((n) => n > position),
          );
        }
        const kept = all.filter((n) => recent.covers(n - 1)).length;
        assert.ok(kept < 20 && kept >= Math.min(all.length, 9), `${kept} are kept`);
      }
    }
  });

  it('cover nothing from before a gap', () => {
    const recent = new RecentEvents();
    recent.clear(0);
    recent.add(stored(1), 1);
    recent.clear(7);
    recent.add(stored(8), 1);
    assert.deepEqual([recent.covers(6), recent.covers(7)], [false, true]);
    assert.deepEqual(after(recent, 7), [8]);
  });

  it('keep nothing of an event that is larger than all of them may be', () => {
    const recent = new RecentEvents({ events: 10, bytes: 100 });
    recent.clear(0);
    recent.add(stored(1), 500);
    assert.equal(recent.covers(0), false);
    assert.equal(recent.covers(1), true);
  });
});

it('reads of old events run few at a time, and too many are refused', async () => {
  const slots = new ReadingSlots(2, 3);
  let running = 0;
  let most = 0;
  const work = async (fails: boolean) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    if (fails) throw new Error('failed');
  };
  const all = [false, true, false, true, false, false].map((fails) => slots.run(() => work(fails)));
  const results = (await Promise.allSettled(all)).map((result) =>
    result.status === 'fulfilled' ? 'done' : ((result.reason as { code?: string }).code ?? 'failed'),
  );
  assert.deepEqual(results, ['done', 'failed', 'done', 'failed', 'done', 'EVENT_BUS_UNAVAILABLE']);
  assert.equal(most, 2);
  await slots.run(() => work(false));
});
