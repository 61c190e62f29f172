import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type AssistantHost, type Json, mia, sofa, startAssistant, updated } from './assistant-host.js';

const minute = 60_000;
const ago = (ms: number) => new Date(Date.now() - ms);
const causes = (recommendations: Json[]) =>
  recommendations.map(({ status, expiryCause }) => `${status} ${expiryCause}`);

describe('a recommendation ends', () => {
  let assistant: AssistantHost;
  before(async () => {
    assistant = await startAssistant();
  });
  after(() => assistant?.[Symbol.asyncDispose]());

  /** Every recommendation for an order, whatever became of it, the newest first. */
  const ofOrder = async (orderId: string, conversationId = sofa) =>
    (await assistant.recommendations(conversationId, null)).filter(({ order }) => order.id === orderId);

  it('when the order is refunded, and a reply to the refund takes its place', async () => {
    const order = { orderId: 'ord_refund' };
    const paid = await assistant.happens(order);
    const refund = { amount: '80.00', currency: 'CNY' };
    const [event] = await assistant.heard(updated(sofa), 1, () =>
      assistant.publish({ ...order, type: 'order.refunded', data: { refund } }),
    );
    assert.deepEqual(event?.data, {
      recommendationId: paid.recommendation.id,
      conversationId: sofa,
      status: 'EXPIRED',
    });
    const [refunded, gone] = await ofOrder('ord_refund');
    assert.match(refunded.text, /的 ¥80\.00 已于 .* 原路退回/);
    assert.deepEqual(causes([refunded, gone]), ['OPEN null', 'EXPIRED FACT_CHANGED']);
    assert.ok(gone.closedAt);
  });

  it('before it begins, when the refund is told first', async () => {
    const order = { orderId: 'ord_refund_first' };
    const refund = { amount: '80.00', currency: 'CNY' };
    await assistant.happens({ ...order, type: 'order.refunded', data: { refund } });
    const paid = await assistant.happens({ ...order, time: ago(minute) });
    assert.equal(paid.outcome, 'NO_TEMPLATE');
    assert.ok(
      paid.rejections.some(
        ({ template, reason }: Json) =>
          template.id === 'tpl_paid_zh' && reason === 'order.refunded happened since',
      ),
      JSON.stringify(paid.rejections),
    );
  });

  it('not through news that is older than what it tells of', async () => {
    const order = { orderId: 'ord_late_news' };
    await assistant.happens(order);
    await assistant.happens({ ...order, type: 'order.cancelled', time: ago(minute) });
    const [cancelled, paid] = await ofOrder('ord_late_news');
    assert.deepEqual(
      causes([cancelled, paid]),
      ['OPEN null', 'OPEN null'],
      'it was paid after it was cancelled',
    );
  });

  it('once, when payment and refund are told at the same moment under different keys', async () => {
    const orders = Array.from({ length: 20 }, (_, index) => `ord_race_${index}`);
    const time = ago(1_000);
    const refund = { amount: '1.00', currency: 'CNY' };
    const events = await Promise.all(
      orders.flatMap((orderId) => [
        assistant.publish({ orderId, time, id: `${orderId}-paid`, key: `${orderId}-a` }),
        assistant.publish({
          orderId,
          type: 'order.refunded',
          id: `${orderId}-refunded`,
          key: `${orderId}-b`,
          data: { refund },
        }),
      ]),
    );
    await Promise.all(events.map(({ id }) => assistant.decisionOn(id)));
    const open = await assistant.recommendations(sofa);
    assert.ok(open.length > 0);
    const wrong = open.filter(
      ({ template, order }) => template.id === 'tpl_paid_zh' && orders.includes(order.id),
    );
    assert.deepEqual(wrong, [], 'no order that was refunded is said to be paid');
  });

  it('when its conversation is resolved, and not when somebody writes in it', async () => {
    const talk = 'con_wang_fang_samples';
    const order = { orderId: 'ord_resolve', customerId: 'cus_wang_fang' };
    await assistant.happens(order);
    const say = `mutation { sendMessage(input: {
      conversationId: "${talk}", clientMessageId: "m-1", text: "样品已寄出。" }) { message { id } } }`;
    const resolve = `mutation { setConversationStatus(conversationId: "${talk}", status: RESOLVED) {
      conversation { status } } }`;
    await assistant.ask(say, {}, { plugin: 'chat' });
    const [event] = await assistant.heard(updated(talk), 1, () =>
      assistant.ask(resolve, {}, { plugin: 'chat' }),
    );
    assert.equal(event?.data.status, 'EXPIRED');
    assert.deepEqual(causes(await ofOrder('ord_resolve', talk)), ['EXPIRED CONVERSATION_RESOLVED']);
  });

  it('when its template is deleted; what was answered stays, without the template', async () => {
    const create = `mutation($input: CreateReplyTemplateInput!) {
      createReplyTemplate(input: $input) { template { id } } }`;
    const input = {
      name: 'Short-lived',
      eventType: 'order.cancelled',
      language: 'zh',
      text: '{{order.number}}',
      priority: 50,
    };
    const { id } = (await assistant.ask(create, { input })).createReplyTemplate.template;
    const cancelled = { type: 'order.cancelled', customerId: 'cus_emily_carter' };
    const talk = 'con_emily_beds';
    const first = await assistant.happens({ ...cancelled, orderId: 'ord_template_1' });
    assert.match(first.recommendation.text, /^Hello Emily/, 'hers is English');
    await assistant.ask(`mutation { updateReplyTemplate(input: { id: "${id}", version: 1, language: "en" }) {
      template { version } } }`);
    const second = await assistant.happens({ ...cancelled, orderId: 'ord_template_2' });
    assert.equal(second.recommendation.text, '20417');
    const third = await assistant.happens({ ...cancelled, orderId: 'ord_template_3' });
    const dismiss = 'mutation($id: ID!) { dismissRecommendation(id: $id, reason: OTHER) { __typename } }';
    await assistant.heard(updated(talk), 1, () => assistant.ask(dismiss, { id: third.recommendation.id }));
    const remove = `mutation { deleteReplyTemplate(id: "${id}") { id deleted } }`;
    const [event] = await assistant.heard(updated(talk), 1, async () => {
      assert.deepEqual(await assistant.ask(remove), { deleteReplyTemplate: { id, deleted: true } });
    });
    assert.equal(event?.data.recommendationId, second.recommendation.id);
    assert.deepEqual(causes(await ofOrder('ord_template_2', talk)), ['EXPIRED TEMPLATE_DELETED']);
    assert.deepEqual(causes(await ofOrder('ord_template_1', talk)), ['OPEN null']);
    const [dismissed] = await ofOrder('ord_template_3', talk);
    assert.deepEqual([dismissed.status, dismissed.template], ['DISMISSED', null]);
    assert.deepEqual(await assistant.ask(remove), { deleteReplyTemplate: { id, deleted: false } });
  });
});

describe('a recommendation whose time is over', () => {
  it('counts as expired from that moment, and subscribers are told by the next sweep', async () => {
    await using assistant = await startAssistant({ config: { assistant: { sweepSeconds: 1 } } });
    const { recommendation } = await assistant.happens({ time: ago(240 * minute - 700) });
    assert.equal(recommendation.status, 'OPEN');
    const [event] = await assistant.heard(updated(sofa), 1, async () => {});
    assert.deepEqual(event?.data, {
      recommendationId: recommendation.id,
      conversationId: sofa,
      status: 'EXPIRED',
    });
    assert.deepEqual(causes(await assistant.recommendations(sofa, 'EXPIRED')), ['EXPIRED TIME']);
  });

  it('cannot be taken any more, swept or not, and makes room for a new one', async () => {
    await using assistant = await startAssistant({ config: { assistant: { sweepSeconds: 3600 } } });
    const { recommendation } = await assistant.happens();
    const database = new pg.Client(assistant.host.databaseUrl);
    await database.connect();
    await database.query(
      `update plugin_assistant.recommendation set expires_at = now() - interval '1 second'`,
    );
    await database.end();
    assert.deepEqual(await assistant.recommendations(sofa), []);
    assert.deepEqual(causes(await assistant.recommendations(sofa, 'EXPIRED')), ['EXPIRED TIME']);
    const accept = `mutation($id: ID!) { acceptRecommendation(id: $id) { __typename
      ... on RecommendationNotOpen { recommendation { status expiryCause } } } }`;
    assert.deepEqual(await assistant.ask(accept, { id: recommendation.id }, { principal: mia }), {
      acceptRecommendation: {
        __typename: 'RecommendationNotOpen',
        recommendation: { status: 'EXPIRED', expiryCause: 'TIME' },
      },
    });
    const again = await assistant.happens();
    assert.equal(again.outcome, 'RECOMMENDED', 'the same order and template, in the same conversation');
  });
});
