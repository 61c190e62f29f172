import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Condition, decide, type Operator, operators } from '../src/matching/condition.js';
import { compareDecimals } from '../src/matching/decimal.js';
import type { EventData } from '../src/matching/event-data.js';
import { pick, randomData, seed } from './random-data.js';

const paid = {
  number: '0012',
  total: { amount: '1280.00', currency: 'CNY' },
  items: [{ name: 'Sofa' }],
  gift: true,
  parcels: 2,
  note: null,
};
const holds = (path: string, operator: Operator, ...values: string[]) =>
  decide({ path, operator, values }, paid).holds;

describe('a condition on the data of an event', () => {
  it('compares numbers as decimals and not as text or floating point', () => {
    assert.ok(holds('total.amount', 'GT', '999'), 'as text 1280.00 comes before 999');
    assert.ok(holds('total.amount', 'EQ', '1280'));
    assert.ok(holds('total.amount', 'LE', '1280.000'));
    assert.ok(!holds('total.amount', 'LT', '1280'));
    assert.ok(holds('total.amount', 'IN', '5', '1280.0'));
    assert.ok(holds('parcels', 'GE', '2'));
    assert.equal(compareDecimals('0.1', '0.10000000000000001'), -1);
    assert.equal(compareDecimals('-0', '0.00'), 0);
    assert.equal(compareDecimals('-2', '-10'), 1);
  });

  it('takes what only looks like a number for the text it is', () => {
    assert.ok(!holds('number', 'EQ', '12'), 'an order number is no quantity');
    assert.ok(holds('number', 'EQ', '0012'));
    assert.ok(!holds('number', 'GE', '1'));
    assert.equal(compareDecimals('1e3', '1'), null);
    assert.equal(compareDecimals('1'.repeat(41), '1'), null, 'a number of any length would take any time');
  });

  it('never matches data that is missing, NE included', () => {
    for (const path of [
      'nothing',
      'total',
      'total.tax',
      'note',
      'items',
      'items.name',
      'items.0.name',
      'items.length',
    ]) {
      for (const operator of operators) assert.ok(!holds(path, operator, 'x'), `${path} ${operator}`);
    }
    assert.ok(holds('total.currency', 'NE', 'EUR'));
  });

  it('reads nothing but what the data itself has', () => {
    for (const path of ['constructor', 'constructor.name', '__proto__', 'toString.name', 'number.length']) {
      assert.ok(!holds(path, 'NE', 'x'), path);
    }
  });

  it('says what it was decided on', () => {
    const verdict = decide({ path: 'total.amount', operator: 'GE', values: ['100'] }, paid);
    assert.deepEqual(verdict, { holds: true, because: 'total.amount 1280.00 ≥ 100' });
  });

  it(`never throws, and of LT, EQ and GT at most one holds, whatever the data (seed ${seed})`, () => {
    const ordered = { less: 0, equal: 0, more: 0 };
    for (let round = 0; round < 5_000; round++) {
      const data = randomData() as EventData;
      const path = pick(['number', 'total', 'total.amount', 'total.amount.name', '__proto__.name']);
      const values = [pick(['0', '-1', '1280', '', 'CNY', '{{total}}'])];
      const test = (operator: Operator) => decide({ path, operator, values } satisfies Condition, data).holds;
      const [less, equal, more] = [test('LT'), test('EQ'), test('GT')];
      assert.ok(Number(less) + Number(equal) + Number(more) <= 1, JSON.stringify({ data, path, values }));
      assert.equal(test('IN'), equal);
      if (test('LE') !== test('GE')) assert.ok(less !== more);
      ordered.less += Number(less);
      ordered.equal += Number(equal);
      ordered.more += Number(more);
    }
    assert.ok(ordered.less > 10 && ordered.equal > 10 && ordered.more > 10, JSON.stringify(ordered));
  });
});
