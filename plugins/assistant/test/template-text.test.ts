import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventData } from '../src/matching/event-data.js';
import { formatsIn } from '../src/matching/formats.js';
import { hasStrayBraces, render, variablesIn } from '../src/matching/template-text.js';
import { pick, random, randomData, seed } from './random-data.js';

const formats = formatsIn('Asia/Shanghai');
const subject = {
  customerName: '李伟 Li Wei',
  // Already the 24th in Shanghai.
  occurredAt: new Date('2026-11-23T17:30:00Z'),
  data: {
    number: '20417',
    total: { amount: '1280.00', currency: 'CNY' },
    items: [{ name: '沙发' }, { name: '台灯' }],
    expectedOn: '2026-11-28',
  },
};
const textOf = (template: string, language: 'zh' | 'en' = 'en', changes: object = {}) => {
  const rendering = render(template, { ...subject, ...changes }, formats[language]);
  return 'text' in rendering ? rendering.text : rendering;
};

describe("a template's text", () => {
  it('writes money, days and lists as the language does', () => {
    const template = '{{customer.name}}|{{total}}|{{date}}|{{shipping.expectedOn}}|{{order.items}}';
    assert.equal(textOf(template, 'zh'), '李伟 Li Wei|¥1,280.00|2026年11月24日|2026年11月28日|沙发和台灯');
    assert.equal(
      textOf(template, 'en'),
      '李伟 Li Wei|CN¥1,280.00|November 24, 2026|November 28, 2026|沙发 and 台灯',
    );
  });

  it('writes amounts exactly that no floating point number holds', () => {
    const data = { total: { amount: '123456789012345.67', currency: 'EUR' } };
    assert.equal(textOf('{{total}}', 'en', { data }), '€123,456,789,012,345.67');
  });

  it('names every variable that is missing instead of leaving a gap', () => {
    assert.deepEqual(textOf('{{order.number}} {{shipping.carrier}} {{refund}} {{shipping.carrier}}'), {
      missing: ['shipping.carrier', 'refund'],
    });
    assert.deepEqual(textOf('{{total}}', 'en', { data: { total: { amount: 'much', currency: 'EUR' } } }), {
      missing: ['total'],
    });
    assert.deepEqual(textOf('{{customer.name}}', 'en', { customerName: ' \n' }), {
      missing: ['customer.name'],
    });
    assert.deepEqual(textOf('{{constructor}} {{__proto__}} {{data.number}}'), {
      missing: ['constructor', '__proto__', 'data.number'],
    });
  });

  it('never takes what a value contains for a variable or a replacement pattern', () => {
    const data = { number: '{{total}} $& $1', carrier: '{{customer.name}}' };
    assert.equal(
      textOf('{{order.number}}/{{shipping.carrier}}', 'en', { data }),
      '{{total}} $& $1/{{customer.name}}',
    );
  });

  it('keeps values to one visible line', () => {
    const data = { number: 'a\r\nb\u0000c\u2028d\u202Ee\ud83d', carrier: 'x'.repeat(1_000) };
    assert.equal(textOf('{{order.number}}', 'en', { data }), 'a b c de\uFFFD');
    assert.equal(textOf('{{shipping.carrier}}', 'en', { data })?.toString().length, 200);
  });

  it('finds the variables and stray braces of a text', () => {
    assert.deepEqual(variablesIn('{{ total }} {{total}} {{order.number}} { total } {{}}'), [
      'total',
      'order.number',
      '',
    ]);
    assert.ok(!hasStrayBraces('{{total}} {one} }'));
    for (const stray of ['{{total}', '{{total', 'total}}', '{{{{total}} }}', '{{a{b}}']) {
      assert.ok(hasStrayBraces(stray), stray);
    }
  });

  it(`is filled in or names what is missing, without a trace of other data, for any data (seed ${seed})`, () => {
    const names = variablesIn(
      '{{customer.name}}{{date}}{{order.number}}{{order.items}}{{total}}{{refund}}{{shipping.carrier}}{{shipping.expectedOn}}{{nothing}}',
    );
    const outcomes = { filled: 0, missing: 0 };
    for (let round = 0; round < 5_000; round++) {
      const name = pick(names);
      const odd = { ...subject, data: randomData() as EventData, customerName: String(randomData(0)) };
      if (random() < 0.1) Object.assign(odd, { occurredAt: new Date(Number.NaN) });
      const alone = render(`{{${name}}}`, odd, formats[pick(['zh', 'en'] as const)]);
      const within = render(`before {{${name}}} after`, odd, formats.en);
      assert.equal('text' in within, 'text' in alone);
      if ('missing' in alone) {
        assert.deepEqual(alone.missing, [name]);
        outcomes.missing++;
        continue;
      }
      outcomes.filled++;
      assert.ok(alone.text.length > 0 && [...alone.text].length <= 200);
      assert.doesNotMatch(alone.text, /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u);
      if ('text' in within) assert.match(within.text, /^before .+ after$/u);
    }
    assert.ok(outcomes.filled > 100 && outcomes.missing > 100, JSON.stringify(outcomes));
  });
});
