import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { type AssistantHost, added, sofa, startAssistant, updated } from './assistant-host.js';
import { graphOfNeighbours } from './graph-of-neighbours.js';

const minute = 60_000;
const ago = (ms: number) => new Date(Date.now() - ms);

describe('what happens to an order', () => {
  let assistant: AssistantHost;
  before(async () => {
    assistant = await startAssistant();
  });
  after(() => assistant?.[Symbol.asyncDispose]());

  it("becomes a reply in the customer's open conversation, with why, whence and until when", async () => {
    const time = ago(3 * minute);
    const [event] = await assistant.heard(added(sofa), 1, () => assistant.publish({ id: 'paid-1', time }));
    const id = event?.data.recommendationId;
    assert.deepEqual(event?.data, { recommendationId: id, conversationId: sofa });
    assert.equal(event?.type, 'assistant.recommendation.added');
    const { recommendation } = await assistant.ask(
      `query($id: ID!) { recommendation(id: $id) {
         conversation { id } customer { id } order { id } text language template { id feedback { shown } } reason
         source eventType eventId occurredAt expiresAt status expiryCause closedAt closedBy finalText } }`,
      { id },
    );
    assert.deepEqual(recommendation, {
      conversation: { id: sofa },
      customer: { id: 'cus_li_wei' },
      order: { id: 'ord_20417' },
      text: '李伟 Li Wei，您好！订单 20417 的付款 ¥1,280.00 已收到，我们这就为您安排发货，发出后会第一时间告诉您。',
      language: 'zh',
      template: { id: 'tpl_paid_zh', feedback: { shown: 1 } },
      reason: '订单 20417 已付款。',
      source: '/erp',
      eventType: 'order.paid',
      eventId: 'paid-1',
      occurredAt: time.toISOString(),
      expiresAt: new Date(time.getTime() + 240 * minute).toISOString(),
      status: 'OPEN',
      expiryCause: null,
      closedAt: null,
      closedBy: null,
      finalText: null,
    });
  });

  it('is recommended once, however often and under however many ids it is told', async () => {
    const order = { orderId: 'ord_twice' };
    const first = await assistant.happens({ ...order, id: 'twice-1' });
    assert.equal(first.outcome, 'RECOMMENDED');
    await assistant.publish({ ...order, id: 'twice-1' });
    const again = await assistant.happens({ ...order, id: 'twice-2' });
    assert.deepEqual([again.outcome, again.recommendation], ['ALREADY_OPEN', null]);
    const { replyDecisions } = await assistant.ask('{ replyDecisions(orderId: "ord_twice") { eventId } }');
    assert.deepEqual(
      replyDecisions.map(({ eventId }: { eventId: string }) => eventId),
      ['twice-2', 'twice-1'],
      'what was delivered again had no effect',
    );
  });

  it('takes the template with the highest priority whose conditions hold, and says what held', async () => {
    const total = { amount: '5000.00', currency: 'CNY' };
    const { recommendation, rejections } = await assistant.happens({ orderId: 'ord_large', data: { total } });
    assert.match(recommendation.text, /专人送货/);
    assert.equal(
      recommendation.reason,
      '订单 20417 已付款（total.amount 5000.00 ≥ 5000；total.currency CNY = CNY）。',
    );
    assert.deepEqual(rejections, [
      {
        template: { id: 'tpl_paid_large_en' },
        reason: 'does not hold: total.currency CNY ∈ EUR, GBP, USD',
      },
    ]);
  });

  it('does without what the event leaves out, and says what was missing', async () => {
    const shipped = {
      type: 'order.shipped',
      orderId: 'ord_bare',
      data: { carrier: '顺丰', total: undefined },
    };
    const { outcome, rejections } = await assistant.happens(shipped);
    assert.equal(outcome, 'NO_TEMPLATE');
    assert.deepEqual(
      rejections
        .map(({ template, reason }: { template: { id: string }; reason: string }) => [template.id, reason])
        .sort(),
      [
        ['tpl_shipped_day_en', 'missing: shipping.expectedOn, shipping.trackingNumber'],
        ['tpl_shipped_day_zh', 'missing: shipping.expectedOn, shipping.trackingNumber'],
        ['tpl_shipped_en', 'missing: shipping.trackingNumber'],
        ['tpl_shipped_zh', 'missing: shipping.trackingNumber'],
      ],
    );
  });

  it('is nothing for those who are nobody, or do not talk to us', async () => {
    const nobody = await assistant.happens({ customerId: 'cus_nobody', orderId: 'ord_nobody' });
    assert.deepEqual([nobody.outcome, nobody.recommendation], ['UNKNOWN_CUSTOMER', null]);
    const resolved = await assistant.happens({ customerId: 'cus_tom_okafor', orderId: 'ord_resolved' });
    assert.equal(resolved.outcome, 'NO_OPEN_CONVERSATION');
    const silent = await assistant.happens({ customerId: 'cus_chen_jie', orderId: 'ord_silent' });
    assert.equal(silent.outcome, 'NO_OPEN_CONVERSATION');
  });

  it('that is old news when it arrives is nothing', async () => {
    const old = await assistant.happens({ orderId: 'ord_old', time: ago(240 * minute) });
    assert.equal(old.outcome, 'NO_TEMPLATE');
    assert.equal(old.rejections.length, 4);
    assert.match(old.rejections[0].reason, /is 240 min old, and the reply is of use for 240 min/);
  });

  it('is told in the language of the last words, where the record has none that we write', async () => {
    const order = { customerId: 'cus_anna_hoffmann', orderId: 'ord_anna' };
    const { recommendation } = await assistant.happens(order);
    assert.equal(recommendation.language, 'en', 'the record says de, the messages are English');
    assert.match(recommendation.text, /^Hello Anna Hoffmann, we have received your payment of CN¥1,280\.00/);
  });

  it('is shown where the customer wrote last, of several open conversations', async () => {
    const open = `mutation { openConversation(input: { customerId: "cus_emily_carter", channel: EMAIL }) {
      conversation { id } } }`;
    const { openConversation } = await assistant.ask(open, {}, { plugin: 'chat' });
    const order = { customerId: 'cus_emily_carter', orderId: 'ord_emily' };
    await assistant.happens(order);
    const inEmail = await assistant.recommendations(openConversation.conversation.id);
    assert.equal(inEmail.length, 1);
    assert.deepEqual(await assistant.recommendations('con_emily_beds'), []);
  });

  it('keeps the newest three of a conversation open, and tells of those that had to go', async () => {
    const talk = 'con_priya_welcome';
    const orders = Array.from({ length: 12 }, (_, index) => `ord_many_${index}`);
    const gone = await assistant.heard(updated(talk), orders.length - 3, () =>
      Promise.all(orders.map((orderId) => assistant.publish({ customerId: 'cus_priya_nair', orderId }))),
    );
    const open = await assistant.recommendations(talk);
    assert.equal(open.length, 3);
    const all = await assistant.recommendations(talk, null);
    assert.deepEqual(
      all.slice(0, 3).map(({ id }) => id),
      open.map(({ id }) => id),
      'the newest first',
    );
    assert.deepEqual(new Set(all.slice(3).map(({ expiryCause }) => expiryCause)), new Set(['REPLACED']));
    assert.deepEqual(
      new Set(gone.map(({ data }) => data.recommendationId)),
      new Set(all.slice(3).map(({ id }) => id)),
    );
  });
});

describe('a graph that cannot answer', () => {
  it('delays a recommendation and does not lose it, or make it of half an answer', async () => {
    const answers: string[] = [];
    let assistant: AssistantHost | undefined;
    const whole = graphOfNeighbours(() => (assistant as AssistantHost).host);
    assistant = await startAssistant({
      graph: async (request) => {
        const failure = (['refused', 'holes', 'nothing'] as const)[answers.length];
        answers.push(failure ?? 'whole');
        if (failure === 'refused')
          throw new DeskgraphError('PLUGIN_UNAVAILABLE', 'The graph is not there yet.');
        if (failure === 'nothing') return { data: null };
        const { data } = await whole(request);
        const errors = [{ message: 'chat is away', extensions: { code: 'SUBGRAPH_TIMEOUT' } }];
        return failure === 'holes'
          ? { data: { customer: { ...(data?.customer as object), conversations: null } }, errors }
          : { data };
      },
    });
    await using _ = assistant;
    const decision = await assistant.happens();
    assert.equal(decision.outcome, 'RECOMMENDED');
    assert.deepEqual(answers, ['refused', 'holes', 'nothing', 'whole']);
    assert.equal((await assistant.recommendations(sofa)).length, 1);
  });
});
