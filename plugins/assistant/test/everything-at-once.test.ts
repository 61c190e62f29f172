import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type AssistantHost, type Json, mia, startAssistant } from './assistant-host.js';
import { pick, random, seed } from './random-data.js';

const talks: Readonly<Record<string, string>> = {
  cus_li_wei: 'con_li_wei_sofa',
  cus_emily_carter: 'con_emily_beds',
  cus_anna_hoffmann: 'con_anna_invoice',
};
const rounds = 120;

/** An event about one of a few orders, so that they meet. */
function publishSomething(assistant: AssistantHost, round: number) {
  const customerId = pick(Object.keys(talks));
  const refund = { amount: '5.00', currency: 'CNY' };
  const data = { refund, carrier: 'DHL', trackingNumber: 'JD014' };
  const type = pick(['order.paid', 'order.paid', 'order.shipped', 'order.refunded', 'order.cancelled']);
  const orderId = `ord_${customerId}_${Math.floor(random() * 4)}`;
  return assistant.publish({ type, customerId, orderId, data, key: `key_${round}` });
}

/** What a person does meanwhile, by chance. */
async function interfere(assistant: AssistantHost): Promise<void> {
  const conversationId = pick(Object.values(talks));
  const [open] = await assistant.recommendations(conversationId);
  const principal = { ...mia, id: `agent-${Math.floor(random() * 3)}` };
  const doing = random();
  if (doing < 0.4 && open !== undefined) {
    const accept = 'mutation($id: ID!) { acceptRecommendation(id: $id) { __typename } }';
    await assistant.ask(accept, { id: open.id }, { principal });
  } else if (doing < 0.6 && open !== undefined) {
    const dismiss = 'mutation($id: ID!) { dismissRecommendation(id: $id, reason: OTHER) { __typename } }';
    await assistant.ask(dismiss, { id: open.id }, { principal });
  } else if (doing < 0.8) {
    const create = `mutation { createReplyTemplate(input: { name: "Brief", eventType: "order.paid", language: "en",
      text: "Paid.", priority: 5 }) { template { id } } }`;
    const { id } = (await assistant.ask(create)).createReplyTemplate.template;
    const { id: eventId } = await publishSomething(assistant, -1);
    await assistant.ask('mutation($id: ID!) { deleteReplyTemplate(id: $id) { deleted } }', { id });
    await assistant.decisionOn(eventId);
  } else {
    const set = `mutation($id: ID!, $status: ConversationStatus!) {
      setConversationStatus(conversationId: $id, status: $status) { conversation { id } } }`;
    await assistant.ask(set, { id: conversationId, status: 'RESOLVED' }, { plugin: 'chat' });
    await assistant.ask(set, { id: conversationId, status: 'OPEN' }, { plugin: 'chat' });
  }
}

it(`events, agents, deleted templates and resolved conversations at once wait for nobody in a circle (seed ${seed})`, async () => {
  await using assistant = await startAssistant({ config: { assistant: { sweepSeconds: 1 } } });
  const published = await Promise.all(
    Array.from({ length: rounds }, async (_, round) => {
      const event = await publishSomething(assistant, round);
      if (round % 2 === 0) await interfere(assistant);
      return event;
    }),
  );
  const decisions: Json[] = await Promise.all(published.map(({ id }) => assistant.decisionOn(id)));
  assert.ok(decisions.some(({ outcome }) => outcome === 'RECOMMENDED'));
  const deadlocks = assistant.host.logged.filter(
    ({ fields }) => (fields.error as { code?: string } | undefined)?.code === '40P01',
  );
  assert.deepEqual(deadlocks, []);
  let counted = { shown: 0, answered: 0 };
  for (const conversationId of Object.values(talks)) {
    const all = await assistant.recommendations(conversationId, null);
    const open = all.filter(({ status }) => status === 'OPEN');
    assert.ok(open.length <= 3, `${open.length} open in ${conversationId}`);
    const keys = open.map(({ template, order }) => `${template.id} ${order.id}`);
    assert.equal(new Set(keys).size, keys.length);
    const ofDemo = all.filter(({ template }) => template !== null);
    const answered = ofDemo.filter(({ status }) => status === 'ACCEPTED' || status === 'DISMISSED');
    counted = { shown: counted.shown + ofDemo.length, answered: counted.answered + answered.length };
  }
  const { replyTemplates } = await assistant.ask(
    '{ replyTemplates(first: 100) { nodes { feedback { shown accepted edited dismissed } } } }',
  );
  const sums = { shown: 0, answered: 0 };
  for (const { feedback } of replyTemplates.nodes) {
    sums.shown += feedback.shown;
    sums.answered += feedback.accepted + feedback.edited + feedback.dismissed;
  }
  assert.deepEqual(sums, counted, 'the counters are what happened');
});
