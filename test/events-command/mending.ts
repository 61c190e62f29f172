import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ConsumingHub } from '../hub-process/consuming-hub.js';
import { runCommand } from '../hub-process/run-command.js';
import { orderPaid, Shop } from '../hub-process/shop.js';
import { jsonLines } from './json-lines.js';

const times = (handled: readonly string[], subject: string) =>
  handled.filter((found) => found === subject).length;

/** What operators do about groups and dead letters; the same on every bus. Each test goes on from the one before. */
export function mending(hubOf: () => ConsumingHub): void {
  const events = (...given: readonly string[]) => runCommand(['events', ...given, '-c', hubOf().config]);
  const place = (subject: string, poison?: string) =>
    new Shop(hubOf().url, hubOf().secret).post(
      orderPaid(subject, { data: { orderId: subject, ...(poison !== undefined && { poison }) } }),
    );

  it('groups: shows who consumes and how far behind', async () => {
    await place('g-1');
    await hubOf().untilHandled('ledger', 'g-1');
    await hubOf().untilHandled('points', 'g-1');
    const states = jsonLines(await events('groups', '--json'));
    assert.deepEqual(
      states.map(({ group, members, deadLetters }) => ({ group, members, deadLetters })),
      [
        { group: 'ledger', members: 1, deadLetters: 0 },
        { group: 'points', members: 1, deadLetters: 0 },
      ],
    );
    const { stdout } = await events('groups');
    assert.match(stdout, /^GROUP +MEMBERS +LAG +OLDEST +DEAD\nledger +1 +\d+ +\S.* +0\npoints +1 .*\n$/);
  });

  it('replay: hands dead letters over again, ends with 1 while the cause is there, with 0 once it is mended', async () => {
    for (const subject of ['p-1', 'p-2', 'p-3']) await place(subject, 'ledger');
    await place('p-4');
    await hubOf().untilHandled('ledger', 'p-4');
    const letters = jsonLines(await events('dead-letters', '--group', 'ledger', '--json'));
    assert.deepEqual(
      letters.map(({ event, code, reason, deliveries }) => [event.subject, code, reason, deliveries]),
      ['p-1', 'p-2', 'p-3'].map((subject) => [subject, 'BAD_USER_INPUT', 'the order is poisoned', 1]),
    );
    const early = await events('replay', '--dead-letters');
    assert.equal(early.code, 1);
    assert.match(
      early.stdout,
      /^3 dead letters handed over again\.\n3 could not be handled and are dead letters: /,
    );
    await hubOf().mend('ledger', true);
    const [one] = jsonLines(await events('dead-letters', '--json'));
    const single = await events('replay', one.id);
    assert.deepEqual([single.code, single.stdout], [0, '1 dead letter handed over again.\n']);
    const rest = await events('replay', '--dead-letters', '--group', 'ledger');
    assert.deepEqual([rest.code, rest.stdout], [0, '2 dead letters handed over again.\n']);
    // Not a terminal: lines, the last of which says that all is done.
    assert.match(rest.stderr, /handled (\d+)\/\1\n$/);
    const handled = await hubOf().handledBy('ledger');
    for (const subject of ['p-1', 'p-2', 'p-3']) assert.equal(times(handled, subject), 1);
    assert.equal(times(await hubOf().handledBy('points'), 'p-1'), 1);
    assert.equal((await events('dead-letters')).stdout, 'There are no dead letters.\n');
  });

  it('replay: sets one group back, and no other', async () => {
    const before = { ledger: await hubOf().handledBy('ledger'), points: await hubOf().handledBy('points') };
    const result = await events('replay', '--group', 'points', '--since', '1h');
    assert.equal(result.code, 0);
    assert.match(result.stdout, /^Group points handles \d+ events since \d{4}-.*Z again\.\n$/);
    const handled = await hubOf().handledBy('points');
    for (const subject of before.points) assert.equal(times(handled, subject), 2, subject);
    assert.deepEqual(await hubOf().handledBy('ledger'), before.ledger);
  });

  it('replay: refuses a group and a dead letter that are not there', async () => {
    for (const given of [['--group', 'nobody', '--since', '1h'], ['999999']]) {
      const { code, stderr } = await events('replay', ...given);
      assert.deepEqual([code, stderr.endsWith('(NOT_FOUND)\n')], [1, true], stderr);
    }
  });

  it('discard: forgets what is named, and nothing when one of them is not there', async () => {
    await hubOf().mend('ledger', false);
    for (const subject of ['d-1', 'd-2', 'd-3']) await place(subject, 'ledger');
    await place('d-4');
    await hubOf().untilHandled('ledger', 'd-4');
    const ids = jsonLines(await events('dead-letters', '--json')).map(({ id }) => id);
    assert.equal(ids.length, 3);
    const wrong = await events('discard', ids[0], '999999');
    assert.match(wrong.stderr, /no dead letter 999999\. Nothing was done\.\n\(NOT_FOUND\)/);
    assert.equal((await events('discard', ids[0])).stdout, '1 discarded.\n');
    assert.equal((await events('discard', '--group', 'points')).stdout, '0 discarded.\n');
    assert.equal((await events('discard', '--all')).stdout, '2 discarded.\n');
  });
}
