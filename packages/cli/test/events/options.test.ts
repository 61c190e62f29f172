import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { duration, readableDuration, since } from '../../src/events/duration.js';
import { count } from '../../src/events/hub-option.js';
import { jsonLine, printable } from '../../src/events/printable.js';
import { table } from '../../src/events/table.js';

describe('options of deskgraph events', () => {
  it('take durations with a unit only, so that nobody replays hours for seconds', () => {
    assert.deepEqual(['90s', '15m', '2h', '1d'].map(duration), [90_000, 900_000, 7_200_000, 86_400_000]);
    for (const text of ['90', '', '1.5h', '-1h', '1w', 'h', '1h ', '9999999h'])
      assert.throws(() => duration(text), { code: 'commander.invalidArgument' }, text);
  });

  it('take times as RFC 3339 writes them, and as how long ago', () => {
    assert.equal(since('2026-01-31T08:00:00Z').toISOString(), '2026-01-31T08:00:00.000Z');
    assert.equal(since('2026-01-31T08:00:00+08:00').toISOString(), '2026-01-31T00:00:00.000Z');
    const ago = Date.now() - since('2h').getTime();
    assert.ok(ago >= 7_200_000 && ago < 7_260_000);
    for (const text of ['yesterday', '12', '2026', '2026-13-01', '01/31/2026', ''])
      assert.throws(() => since(text), { code: 'commander.invalidArgument' }, text);
  });

  it('take counts from 1 on', () => {
    assert.equal(count('50'), 50);
    for (const text of ['0', '-1', '1e3', '', '1.5', '1000000'])
      assert.throws(() => count(text), { code: 'commander.invalidArgument' }, text);
  });
});

describe('what deskgraph events writes', () => {
  it('lets no text from elsewhere steer the terminal', () => {
    assert.equal(
      printable('a\u001b[2J\u009b31m\u007f\r\n已付款'),
      'a\\u001b[2J\\u009b31m\\u007f\\u000d\\u000a已付款',
    );
    const value = { note: '\u001b\u009b\u007f"\n', text: '已付款' };
    assert.deepEqual(JSON.parse(jsonLine(value)), value);
    assert.equal(printable(jsonLine(value)), jsonLine(value));
    assert.ok(!table(['REASON'], [['broken\u001b[2J\nline']]).includes('\u001b'));
  });

  it('stands in columns', () => {
    const text = table(
      ['GROUP', 'LAG'],
      [
        ['ledger', '0'],
        ['points-of-loyalty', '12'],
      ],
    );
    assert.equal(text, 'GROUP              LAG\nledger             0\npoints-of-loyalty  12');
  });

  it('says ages in the unit that people would take', () => {
    const ages = [0, 400, 12_000, 119_000, 180_000, 7_200_000, 86_400_000 * 3].map(readableDuration);
    assert.deepEqual(ages, ['0 s', '0 s', '12 s', '119 s', '3 min', '2 h', '3 d']);
  });
});
