import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AssistantHost, type Json, mia, startAssistant } from './assistant-host.js';

const create = `mutation($input: CreateReplyTemplateInput!) { createReplyTemplate(input: $input) { template {
  id name eventType language text priority enabled expiresAfterSeconds expiresOn version
  conditions { path operator values } feedback { shown accepted edited dismissed } } } }`;
const update = `mutation($input: UpdateReplyTemplateInput!) { updateReplyTemplate(input: $input) { template {
  name text priority enabled version conditions { path operator values } } } }`;
const valid = {
  name: 'Thanks',
  eventType: 'order.paid',
  language: 'en',
  text: 'Thank you, {{customer.name}}.',
};

describe('reply templates', () => {
  let assistant: AssistantHost;
  before(async () => {
    assistant = await startAssistant();
  });
  after(() => assistant?.[Symbol.asyncDispose]());

  const problem = async (input: object) => {
    const { errors = [] } = await assistant.host.graph(create, { input: { ...valid, ...input } });
    assert.equal(errors[0]?.extensions.code, 'BAD_USER_INPUT', JSON.stringify(errors));
    return errors[0]?.message ?? '';
  };

  it('are created with defaults, changed in parts, and counted', async () => {
    const { template } = (await assistant.ask(create, { input: valid })).createReplyTemplate;
    const { id, ...rest } = template;
    assert.match(id, /^tpl_/);
    assert.deepEqual(rest, {
      ...valid,
      priority: 0,
      enabled: true,
      expiresAfterSeconds: 14400,
      expiresOn: [],
      version: 1,
      conditions: [],
      feedback: { shown: 0, accepted: 0, edited: 0, dismissed: 0 },
    });
    const conditions = [{ path: 'total.currency', operator: 'IN', values: ['EUR', 'USD'] }];
    const changes = { id, version: 1, conditions, priority: -5, enabled: false, name: null };
    const { updateReplyTemplate } = await assistant.ask(update, { input: changes });
    assert.deepEqual(updateReplyTemplate.template, {
      name: 'Thanks',
      text: valid.text,
      priority: -5,
      enabled: false,
      version: 2,
      conditions,
    });
  });

  it('are checked against the events that they are for; all mistakes are told at once', async () => {
    const message = await problem({
      name: ' ',
      text: '{{refund}} {{order.number}',
      language: 'de',
      priority: 1_001,
      expiresAfterSeconds: 0,
      expiresOn: ['order.lost'],
      conditions: [
        { path: 'total.tax', operator: 'GE', values: ['much'] },
        { path: 'number', operator: 'EQ', values: [] },
      ],
    });
    for (const part of [
      'name must have 1 to 200 characters',
      'order.paid gives nothing for {{refund}}; it has customer.name, date, order.number, order.items, total',
      '"text" has braces that enclose no variable',
      'language must be one of zh, en, found "de"',
      'priority must be from -1000 to 1000',
      'expiresAfterSeconds must be from 1 to 2592000, found 0',
      'expiresOn must be one of order.paid, order.shipped, order.refunded, order.cancelled, found "order.lost"',
      'condition "total.tax GE": order.paid has no such value; it has orderId, number, customerId, total.amount, total.currency',
      'condition "total.tax GE" compares numbers',
      'condition "number EQ" needs one value, found 0',
    ]) {
      assert.ok(message.includes(part), `${part}\n  is not in\n${message}`);
    }
    assert.match(await problem({ eventType: 'order.lost' }), /eventType must be one of order\.paid/);
    assert.match(await problem({ text: 'x\0' }), /U\+0000/);
    assert.match(
      await problem({ conditions: Array(21).fill({ path: 'number', operator: 'EQ', values: ['1'] }) }),
      /20/,
    );
  });

  it('that become wrong by a change of another part are refused too', async () => {
    const input = { id: 'tpl_refunded_en', version: 1, eventType: 'order.paid' };
    const { errors = [] } = await assistant.host.graph(update, { input });
    assert.match(errors[0]?.message ?? '', /order\.paid gives nothing for \{\{refund\}\}/);
    const { replyTemplate } = await assistant.ask(
      '{ replyTemplate(id: "tpl_refunded_en") { eventType version } }',
    );
    assert.deepEqual(replyTemplate, { eventType: 'order.refunded', version: 1 });
  });

  it('keep the change of the one who came first', async () => {
    const change = (priority: number) => ({ input: { id: 'tpl_cancelled_zh', version: 1, priority } });
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => assistant.codes(update, change(n))));
    assert.deepEqual(results.flat().sort(), ['CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT']);
    assert.deepEqual(await assistant.codes(update, { input: { id: 'tpl_none', version: 1 } }), ['NOT_FOUND']);
  });

  it('that are switched off are not used', async () => {
    for (const id of ['tpl_shipped_day_zh', 'tpl_shipped_zh']) {
      await assistant.ask(update, { input: { id, version: 1, enabled: false } });
    }
    const data = { carrier: 'DHL', trackingNumber: 'JD014', expectedOn: '2026-12-01' };
    const { recommendation } = await assistant.happens({ type: 'order.shipped', orderId: 'ord_off', data });
    assert.equal(recommendation.language, 'en');
    assert.match(recommendation.text, /should arrive on December 1, 2026\./);
  });

  it('are listed by name, type and language, in pages', async () => {
    const list = `query($language: String, $eventType: String, $first: Int, $after: String) {
      replyTemplates(language: $language, eventType: $eventType, first: $first, after: $after) {
        nodes { id name } pageInfo { hasNextPage endCursor } } }`;
    const page = async (variables: object) => (await assistant.ask(list, { ...variables })).replyTemplates;
    const ids = ({ nodes }: Json) => nodes.map(({ id }: { id: string }) => id);
    const both = { language: 'zh', eventType: 'order.paid' };
    assert.deepEqual(ids(await page(both)).sort(), ['tpl_paid_large_zh', 'tpl_paid_zh']);
    const first = await page({ ...both, first: 1 });
    const second = await page({ ...both, first: 1, after: first.pageInfo.endCursor });
    assert.deepEqual([...ids(first), ...ids(second)].sort(), ['tpl_paid_large_zh', 'tpl_paid_zh']);
    assert.equal(second.pageInfo.hasNextPage, false);
  });

  it('are changed by those only who may write', async () => {
    const reader = { ...mia, scopes: ['assistant:read'] };
    const remove = 'mutation { deleteReplyTemplate(id: "tpl_paid_zh") { deleted } }';
    assert.deepEqual(await assistant.codes(create, { input: valid }, reader), ['FORBIDDEN']);
    assert.deepEqual(await assistant.codes(update, { input: { id: 'tpl_paid_zh', version: 1 } }, reader), [
      'FORBIDDEN',
    ]);
    assert.deepEqual(await assistant.codes(remove, {}, reader), ['FORBIDDEN']);
  });

  it('of the demonstration fit the rules for new ones', async () => {
    const { replyTemplates } = await assistant.ask(`{ replyTemplates(first: 100) { nodes {
      id name eventType language text priority enabled expiresAfterSeconds expiresOn
      conditions { path operator values } } } }`);
    const demo = replyTemplates.nodes.filter(({ id }: { id: string }) => id.length < 25);
    assert.equal(demo.length, 12);
    for (const { id: _, ...input } of demo) await assistant.ask(create, { input });
  });

  it('are told what each type of event has to offer', async () => {
    const { replyEventTypes } = await assistant.ask('{ replyEventTypes { type variables paths } }');
    assert.deepEqual(
      replyEventTypes.map(({ type, variables }: Json) => [type, variables.join(' ')]),
      [
        ['order.paid', 'customer.name date order.number order.items total'],
        [
          'order.shipped',
          'customer.name date order.number order.items total shipping.carrier shipping.trackingNumber shipping.expectedOn',
        ],
        ['order.refunded', 'customer.name date order.number total refund'],
        ['order.cancelled', 'customer.name date order.number total'],
      ],
    );
    assert.ok(replyEventTypes[0].paths.includes('total.amount'));
  });
});
