import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AssistantHost,
  type Json,
  li,
  mia,
  sofa,
  startAssistant,
  tom,
  updated,
} from './assistant-host.js';

const accept = `mutation($id: ID!, $finalText: String) { acceptRecommendation(id: $id, finalText: $finalText) {
  __typename
  ... on RecommendationAccepted { text recommendation { status finalText closedBy } }
  ... on RecommendationNotOpen { recommendation { status closedBy dismissReason } } } }`;
const dismiss = `mutation($id: ID!, $reason: DismissReason!) { dismissRecommendation(id: $id, reason: $reason) {
  __typename
  ... on RecommendationDismissed { recommendation { status dismissReason closedBy closedAt } }
  ... on RecommendationNotOpen { recommendation { status closedBy } } } }`;

describe('an agent', () => {
  let assistant: AssistantHost;
  let orders = 0;
  before(async () => {
    assistant = await startAssistant();
  });
  after(() => assistant?.[Symbol.asyncDispose]());

  const recommended = async () => (await assistant.happens({ orderId: `ord_${orders++}` })).recommendation;
  const feedback = async () => {
    const query = '{ replyTemplate(id: "tpl_paid_zh") { feedback { accepted edited dismissed } } }';
    return (await assistant.ask(query)).replyTemplate.feedback;
  };
  const counted = async (work: () => Promise<unknown>) => {
    const before = await feedback();
    await work();
    const now = await feedback();
    return Object.fromEntries(Object.keys(now).map((counter) => [counter, now[counter] - before[counter]]));
  };

  it('takes a reply as it is, and it counts for the template', async () => {
    const { id, text } = await recommended();
    const counts = await counted(async () => {
      const { acceptRecommendation } = await assistant.ask(accept, { id });
      assert.deepEqual(acceptRecommendation, {
        __typename: 'RecommendationAccepted',
        text,
        recommendation: { status: 'ACCEPTED', finalText: text, closedBy: 'agent-mia' },
      });
    });
    assert.deepEqual(counts, { accepted: 1, edited: 0, dismissed: 0 });
  });

  it('takes a reply with changes, which counts apart', async () => {
    const { id } = await recommended();
    const finalText = '李先生您好，款项已收到。';
    const counts = await counted(async () => {
      const { acceptRecommendation } = await assistant.ask(accept, { id, finalText });
      assert.equal(acceptRecommendation.text, finalText);
    });
    assert.deepEqual(counts, { accepted: 0, edited: 1, dismissed: 0 });
    const same = await recommended();
    const unchanged = await counted(() => assistant.ask(accept, { id: same.id, finalText: same.text }));
    assert.deepEqual(unchanged, { accepted: 1, edited: 0, dismissed: 0 }, 'no change is no change');
  });

  it('puts a reply away with a reason, and subscribers are told', async () => {
    const { id } = await recommended();
    const counts = await counted(async () => {
      const [event] = await assistant.heard(updated(sofa), 1, async () => {
        const { dismissRecommendation } = await assistant.ask(dismiss, { id, reason: 'WRONG' });
        const { closedAt, ...rest } = dismissRecommendation.recommendation;
        assert.deepEqual(rest, { status: 'DISMISSED', dismissReason: 'WRONG', closedBy: 'agent-mia' });
        assert.ok(Date.parse(closedAt) <= Date.now());
      });
      assert.deepEqual(event?.data, { recommendationId: id, conversationId: sofa, status: 'DISMISSED' });
    });
    assert.deepEqual(counts, { accepted: 0, edited: 0, dismissed: 1 });
  });

  it('may repeat an answer, and it counts once; another answer comes too late', async () => {
    const { id, text } = await recommended();
    const counts = await counted(async () => {
      const first = await assistant.ask(accept, { id });
      assert.deepEqual(await assistant.ask(accept, { id }), first);
      assert.deepEqual(await assistant.ask(accept, { id, finalText: text }), first);
      const changed = await assistant.ask(accept, { id, finalText: 'Something else' });
      assert.equal(changed.acceptRecommendation.__typename, 'RecommendationNotOpen');
      const dismissed = await assistant.ask(dismiss, { id, reason: 'OTHER' });
      assert.equal(dismissed.dismissRecommendation.__typename, 'RecommendationNotOpen');
    });
    assert.deepEqual(counts, { accepted: 1, edited: 0, dismissed: 0 });
  });

  it('is one of 30 who answer at once: one wins, the others learn what became of it', async () => {
    const { id } = await recommended();
    const agents = Array.from({ length: 30 }, (_, n) => ({ ...mia, id: `agent-${n}` }));
    const counts = await counted(async () => {
      const answers = await Promise.all(
        agents.map((principal, n) =>
          n % 2 === 0
            ? assistant.ask(accept, { id }, { principal })
            : assistant.ask(dismiss, { id, reason: 'NOT_USEFUL' }, { principal }),
        ),
      );
      const outcomes = answers.map((answer) => Object.values(answer)[0] as Json);
      const won = outcomes.filter(({ __typename }) => __typename !== 'RecommendationNotOpen');
      assert.equal(won.length, 1);
      assert.equal(new Set(outcomes.map(({ recommendation }) => recommendation.closedBy)).size, 1);
    });
    assert.deepEqual(Object.values(counts).sort(), [0, 0, 1]);
  });

  it('with the scope to read only sees and does not answer; visitors and strangers see nothing', async () => {
    const { id } = await recommended();
    const reader = { ...tom, scopes: ['assistant:read'] };
    const query = '{ replyDecisions { outcome } replyTemplates { nodes { id } } replyEventTypes { type } }';
    assert.deepEqual(await assistant.codes(query, {}, reader), []);
    assert.deepEqual(await assistant.codes(accept, { id }, reader), ['FORBIDDEN']);
    assert.deepEqual(await assistant.codes(dismiss, { id, reason: 'OTHER' }, reader), ['FORBIDDEN']);
    const look = 'query($id: ID!) { recommendation(id: $id) { text } }';
    const chatter = { ...tom, scopes: ['chat:read', 'chat:write'] };
    for (const [caller, code] of [
      [li, 'FORBIDDEN'],
      [chatter, 'FORBIDDEN'],
      [null, 'UNAUTHENTICATED'],
    ] as const) {
      assert.deepEqual(await assistant.codes(look, { id }, caller), [code]);
      assert.deepEqual(await assistant.codes(accept, { id }, caller), [code]);
      const entities = `{ _entities(representations: [
        { __typename: "Recommendation", id: "${id}" }, { __typename: "ReplyTemplate", id: "tpl_paid_zh" },
        { __typename: "Conversation", id: "${sofa}" }]) {
        ... on Recommendation { text } ... on ReplyTemplate { text } ... on Conversation { recommendations { text } } } }`;
      assert.deepEqual(await assistant.codes(entities, {}, caller), [code, code, code]);
    }
  });

  it('is told what is wrong with an answer', async () => {
    const { id } = await recommended();
    assert.deepEqual(await assistant.codes(accept, { id: 'rec_nowhere' }), ['NOT_FOUND']);
    for (const finalText of ['', ' \n', 'x'.repeat(20_001), 'a\0']) {
      assert.deepEqual(await assistant.codes(accept, { id, finalText }), ['BAD_USER_INPUT']);
    }
  });
});

describe('a subscriber', () => {
  it('may be an agent who may read, and gets a recommendation as it is by then', async () => {
    await using assistant = await startAssistant();
    const { host } = assistant;
    const refusal = async (query: string, principal: typeof mia | null) =>
      (await host.authorizeSubscription(query, {}, { principal }))?.map(
        ({ extensions }) => extensions.code,
      ) ?? null;
    for (const field of ['recommendationAdded', 'recommendationUpdated']) {
      const query = `subscription { ${field}(conversationId: "${sofa}") { id status } }`;
      assert.equal(await refusal(query, { ...mia, scopes: ['assistant:read'] }), null);
      assert.deepEqual(await refusal(query, li), ['FORBIDDEN']);
      assert.deepEqual(await refusal(query, null), ['UNAUTHENTICATED']);
    }
    const { recommendation } = await assistant.happens();
    await assistant.ask(accept, { id: recommendation.id });
    const event = (await host.published()).find(({ type }) => type === 'assistant.recommendation.added');
    const query = `subscription { recommendationAdded(conversationId: "${sofa}") { id status } }`;
    const { data } = await host.resolveEvent(query, event as { data: unknown });
    assert.deepEqual(JSON.parse(JSON.stringify(data)), {
      recommendationAdded: { id: recommendation.id, status: 'ACCEPTED' },
    });
  });
});
