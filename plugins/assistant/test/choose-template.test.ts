import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Candidate, chooseTemplate, type Occasion } from '../src/matching/choose-template.js';
import { operators } from '../src/matching/condition.js';
import type { EventData } from '../src/matching/event-data.js';
import { formatsIn } from '../src/matching/formats.js';
import { languageOfTag, languageOfText, languagesToTry } from '../src/matching/language.js';
import { pick, random, randomData, seed } from './random-data.js';

const formats = formatsIn('UTC');
const hour = 3_600_000;
const plain: Candidate = {
  id: 'plain',
  language: 'en',
  text: 'Order {{order.number}} was paid.',
  conditions: [],
  priority: 0,
  expiresAfterMs: 4 * hour,
  expiresOn: ['order.refunded'],
};
const occurredAt = new Date('2026-11-23T10:00:00Z');
const occasion: Occasion = {
  eventType: 'order.paid',
  orderNumber: '20417',
  customerName: 'Li Wei',
  occurredAt,
  now: new Date(occurredAt.getTime() + hour),
  happened: new Map([['order.paid', occurredAt]]),
  data: { number: '20417', total: { amount: '1280.00', currency: 'CNY' } },
};
const large: Candidate['conditions'] = [{ path: 'total.amount', operator: 'GE', values: ['1000'] }];
const choose = (candidates: readonly Candidate[], changes: Partial<Occasion> = {}) =>
  chooseTemplate(candidates, { ...occasion, ...changes }, ['zh', 'en'], formats);

describe('the template for an event', () => {
  it('is the one with the highest priority that fits, and among equals the first', () => {
    const better = { ...plain, id: 'better', priority: 5 };
    const twin = { ...better, id: 'twin' };
    const unfit = { ...plain, id: 'unfit', priority: 9, text: '{{shipping.carrier}}' };
    const { chosen, rejections } = choose([plain, better, twin, unfit]);
    assert.equal(chosen?.template.id, 'better');
    assert.deepEqual(rejections, [{ templateId: 'unfit', reason: 'missing: shipping.carrier' }]);
  });

  it("is in the customer's language when one fits there, however low its priority", () => {
    const chinese: Candidate = {
      ...plain,
      id: 'zh',
      language: 'zh',
      priority: -3,
      text: '订单 {{order.number}}',
    };
    assert.equal(choose([{ ...plain, priority: 100 }, chinese]).chosen?.template.id, 'zh');
    const unfit = { ...chinese, text: '{{refund}}' };
    assert.equal(choose([plain, unfit]).chosen?.template.id, 'plain', 'better in English than not at all');
  });

  it('says why it was chosen, in its own language', () => {
    const chosen = choose([{ ...plain, conditions: large }]).chosen;
    assert.equal(chosen?.reason, 'Order 20417 was paid (total.amount 1280.00 ≥ 1000).');
    assert.equal(chosen?.expiresAt.toISOString(), '2026-11-23T14:00:00.000Z');
    const chinese = choose([{ ...plain, language: 'zh', conditions: large }]).chosen;
    assert.equal(chinese?.reason, '订单 20417 已付款（total.amount 1280.00 ≥ 1000）。');
  });

  it('is none when a condition fails; all that fail are named', () => {
    const conditions: Candidate['conditions'] = [
      { path: 'total.amount', operator: 'GE', values: ['5000'] },
      { path: 'total.currency', operator: 'IN', values: ['EUR', 'USD'] },
      { path: 'total.amount', operator: 'GT', values: ['1'] },
    ];
    assert.deepEqual(choose([{ ...plain, conditions }]), {
      chosen: null,
      rejections: [
        {
          templateId: 'plain',
          reason: 'does not hold: total.amount 1280.00 ≥ 5000; total.currency CNY ∈ EUR, USD',
        },
      ],
    });
  });

  it('is none once the event is older than the reply is of use', () => {
    const now = new Date(occurredAt.getTime() + 4 * hour);
    assert.deepEqual(choose([plain], { now }).rejections, [
      { templateId: 'plain', reason: 'the event is 240 min old, and the reply is of use for 240 min' },
    ]);
    assert.ok(choose([plain], { now: new Date(now.getTime() - 1) }).chosen);
  });

  it('is none when what makes it wrong happened since, though that event came first', () => {
    const refund = (at: Date) => ({ happened: new Map([['order.refunded', at]]) });
    assert.deepEqual(choose([plain], refund(new Date(occurredAt.getTime() + 1))).rejections, [
      { templateId: 'plain', reason: 'order.refunded happened since' },
    ]);
    assert.ok(choose([plain], refund(new Date(occurredAt.getTime() - 1))).chosen, 'it was paid again');
    const self = { ...plain, expiresOn: ['order.paid'] };
    assert.ok(choose([self]).chosen, 'an event is no reason against a reply to itself');
  });

  it(`never throws, and what is chosen fits, whatever the data and the templates (seed ${seed})`, () => {
    let chosenCount = 0;
    for (let round = 0; round < 2_000; round++) {
      const data = randomData() as EventData;
      const candidates = Array.from({ length: 4 }, (_, index) => randomCandidate(String(index)));
      const { chosen, rejections } = choose(candidates, { data, customerName: String(randomData(0)) });
      assert.equal(new Set(rejections.map(({ templateId }) => templateId)).size, rejections.length);
      if (chosen === null) assert.equal(rejections.length, candidates.length);
      else {
        chosenCount++;
        assert.ok(!rejections.some(({ templateId }) => templateId === chosen.template.id));
        assert.ok(chosen.expiresAt > occasion.now);
      }
    }
    assert.ok(chosenCount > 20, `${chosenCount} chosen`);
  });
});

function randomCandidate(id: string): Candidate {
  const condition = () => ({
    path: pick(['total.amount', 'number', '__proto__', 'items.name', '']),
    operator: pick(operators),
    values: Array.from({ length: Math.floor(random() * 3) }, () => pick(['0', '1280.00', '', 'CNY'])),
  });
  return {
    id,
    language: pick(['zh', 'en'] as const),
    text: pick(['Thanks.', '{{order.number}}', '{{total}} {{customer.name}}', '{{', '{{nothing}}', '{{}}']),
    conditions: Array.from({ length: Math.floor(random() * 3) }, condition),
    priority: Math.floor(random() * 3),
    expiresAfterMs: pick([1, 2 * hour]),
    expiresOn: pick([[], ['order.paid'], ['order.refunded', 'constructor']]),
  };
}

describe('the language of a reply', () => {
  it("is that of the customer's record, when templates can be written in it", () => {
    assert.deepEqual(['zh-CN', 'ZH_tw', 'en', 'en-GB', 'de', '', null].map(languageOfTag), [
      'zh',
      'zh',
      'en',
      'en',
      null,
      null,
      null,
    ]);
  });

  it('else that of what they write, where that says something', () => {
    assert.equal(languageOfText('请问 sofa 什么时候到？'), 'zh');
    assert.equal(languageOfText('When does it arrive?'), 'en');
    assert.equal(languageOfText('注文はいつ届きますか'), null, 'Japanese has Han characters too');
    assert.equal(languageOfText('👍 20417!'), null);
  });

  it('then the default, then any', () => {
    assert.deepEqual(languagesToTry(null, 'zh'), ['zh', 'en']);
    assert.deepEqual(languagesToTry('en', 'zh'), ['en', 'zh']);
    assert.deepEqual(languagesToTry('zh', 'zh'), ['zh', 'en']);
  });
});
