import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DemoAuthenticator } from '@deskgraph/gateway';
import { demoToken, GraphClient } from '../hub-process/graph-client.js';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';
import { DemoShop } from './demo-shop.js';
import { Listening } from './listening.js';

const sofa = 'con_li_wei_sofa';
const fields = `id status text language reason source eventType occurredAt expiryCause
  order { id } customer { name tags } conversation { subject customer { email } } template { name }`;
const recommendationAdded = `subscription { recommendationAdded(conversationId: "${sofa}") { ${fields} } }`;
const recommendationUpdated = `subscription { recommendationUpdated(conversationId: "${sofa}") { ${fields} } }`;
const talk = `{ conversation(id: "${sofa}") { lastSequence messages(last: 1) { nodes { text } }
  recommendations { id text } } }`;

interface Recommendation {
  readonly id: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

describe('an agent who talks to a customer whose order is paid', () => {
  let dataDir: Awaited<ReturnType<typeof temporaryDataDir>>;
  let hub: HubProcess;
  let shop: DemoShop;
  let token: string;
  let mia: GraphClient;

  before(async () => {
    dataDir = await temporaryDataDir();
    hub = await HubProcess.start(dataDir.path);
    token = await demoToken(hub.url);
    mia = new GraphClient(hub.url, token);
    shop = await DemoShop.open(hub.url, dataDir.path);
  });
  after(async () => {
    await hub?.[Symbol.asyncDispose]();
    await dataDir[Symbol.asyncDispose]();
  });

  const listen = (query: string) => Listening.open(hub.url, token, query);

  it('sees a reply that is filled in and joined, takes it, and nothing is sent', async () => {
    await using added = await listen(recommendationAdded);
    await using updated = await listen(recommendationUpdated);
    const before = (await mia.data(talk)).conversation;
    await shop.tell({ type: 'order.paid', orderId: 'ord_sofa' });
    const { recommendationAdded: made } = (await added.next()) as { recommendationAdded: Recommendation };
    const { id, occurredAt, ...rest } = made;
    assert.deepEqual(rest, {
      status: 'OPEN',
      text: '李伟 Li Wei，您好！订单 20417 的付款 ¥1,280.00 已收到，我们这就为您安排发货，发出后会第一时间告诉您。',
      language: 'zh',
      reason: '订单 20417 已付款。',
      source: 'https://shop.example/orders',
      eventType: 'order.paid',
      expiryCause: null,
      order: { id: 'ord_sofa' },
      customer: { name: '李伟 Li Wei', tags: ['vip', 'wood'] },
      conversation: { subject: '沙发送货时间', customer: { email: 'li.wei@example.com' } },
      template: { name: '付款成功' },
    });
    assert.ok(Date.now() - Date.parse(String(occurredAt)) < 60_000);
    const { acceptRecommendation } = await mia.data(
      `mutation($id: ID!) { acceptRecommendation(id: $id) { __typename ... on RecommendationAccepted { text } } }`,
      { id },
    );
    assert.deepEqual(acceptRecommendation, { __typename: 'RecommendationAccepted', text: made.text });
    const { recommendationUpdated: taken } = await updated.next();
    assert.deepEqual([(taken as Recommendation).id, (taken as Recommendation).status], [id, 'ACCEPTED']);
    const { conversation } = await mia.data(talk);
    assert.deepEqual(conversation, { ...(before as object), recommendations: [] }, 'no message, no change');
  });

  it('does not see it any more once the order is refunded, but a reply to that', async () => {
    await using added = await listen(recommendationAdded);
    await using updated = await listen(recommendationUpdated);
    const order = { orderId: 'ord_refunded' };
    await shop.tell({ ...order, type: 'order.paid' });
    const { recommendationAdded: paid } = await added.next();
    const refund = { amount: '80.00', currency: 'CNY' };
    await shop.tell({ ...order, type: 'order.refunded', data: { refund } });
    const { recommendationUpdated: gone } = await updated.next();
    assert.deepEqual(
      [(gone as Recommendation).id, (gone as Recommendation).expiryCause],
      [(paid as Recommendation).id, 'FACT_CHANGED'],
    );
    const { recommendationAdded: refunded } = await added.next();
    assert.match((refunded as Recommendation).text, /订单 20417 的 ¥80\.00 已于 .* 原路退回/);
  });

  it('sees it end when the conversation is resolved', async () => {
    await using added = await listen(recommendationAdded);
    await using updated = await listen(recommendationUpdated);
    await shop.tell({ type: 'order.paid', orderId: 'ord_resolved' });
    await added.next();
    await mia.data(`mutation { setConversationStatus(conversationId: "${sofa}", status: RESOLVED) {
      conversation { status } } }`);
    const { recommendationUpdated: gone } = await updated.next();
    assert.equal((gone as Recommendation).expiryCause, 'CONVERSATION_RESOLVED');
    await mia.data(`mutation { setConversationStatus(conversationId: "${sofa}", status: OPEN) {
      conversation { status } } }`);
  });

  it('is the only one to see it: visitors are refused, though the conversation is theirs', async () => {
    const people = await DemoAuthenticator.open({ dataDir: dataDir.path });
    const visitor = `Bearer ${await people.issueDemoToken('visitor-li')}`;
    const { data, errors } = await new GraphClient(hub.url, visitor).request(talk);
    assert.deepEqual(
      errors?.map(({ extensions }) => extensions?.code),
      ['FORBIDDEN'],
    );
    const conversation = data?.conversation as Record<string, unknown> | undefined;
    assert.equal(conversation?.recommendations, null);
    assert.ok(conversation?.messages, 'the rest of the conversation is theirs all the same');
    await assert.rejects(Listening.open(hub.url, visitor, recommendationAdded), (refused: unknown) =>
      /Recommended replies are for agents/.test(JSON.stringify(refused)),
    );
  });

  it('sees it soon after the shop tells', async (t) => {
    await using added = await listen(recommendationAdded);
    const tookMs: number[] = [];
    for (let order = 0; order < 50; order++) {
      const begin = performance.now();
      await Promise.all([added.next(), shop.tell({ type: 'order.paid', orderId: `ord_quick_${order}` })]);
      tookMs.push(performance.now() - begin);
    }
    tookMs.sort((a, b) => a - b);
    const at = (quantile: number) => `${tookMs[Math.floor(quantile * (tookMs.length - 1))]?.toFixed(1)} ms`;
    t.diagnostic(`POST /events to the agent's socket: p50 ${at(0.5)}, p90 ${at(0.9)}, slowest ${at(1)}`);
  });
});
