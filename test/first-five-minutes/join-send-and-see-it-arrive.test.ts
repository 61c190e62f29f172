import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DemoAuthenticator } from '@deskgraph/gateway';
import { demoToken, GraphClient } from '../hub-process/graph-client.js';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';

describe('a stranger with the demonstration', () => {
  let dataDir: Awaited<ReturnType<typeof temporaryDataDir>>;
  let hub: HubProcess;
  let client: GraphClient;

  before(async () => {
    dataDir = await temporaryDataDir();
    hub = await HubProcess.start(dataDir.path);
    client = new GraphClient(hub.url, await demoToken(hub.url));
  });
  after(async () => {
    await hub[Symbol.asyncDispose]();
    await dataDir[Symbol.asyncDispose]();
  });

  it('joins two plugins in one query', async () => {
    const { conversation } = await client.data(
      `{ conversation(id: "con_li_wei_sofa") { subject customer { name tags } lastMessage { text } } }`,
    );
    assert.deepEqual(conversation, {
      subject: '沙发送货时间',
      customer: { name: '李伟 Li Wei', tags: ['vip', 'wood'] },
      lastMessage: { text: '好的，周六送最方便，谢谢！' },
    });
  });

  it('goes from one plugin to the other and back', async () => {
    const { customerByEmail } = await client.data(
      `{ customerByEmail(email: "LI.WEI@example.com") { conversations(first: 1) { nodes { participants { customer { name } } } } } }`,
    );
    assert.deepEqual(customerByEmail, {
      conversations: {
        nodes: [{ participants: [{ customer: { name: '李伟 Li Wei' } }, { customer: null }] }],
      },
    });
  });

  it('sends a message and sees it arrive, joined with the customer of the conversation', async () => {
    let count = 0;
    const answer = await client.firstResult(
      `subscription { messageAdded(conversationId: "con_li_wei_sofa") {
         text sender { displayName kind } conversation { customer { name email } } } }`,
      () =>
        client.data(
          `mutation ($id: ID!) { sendMessage(input: {
             conversationId: "con_li_wei_sofa", clientMessageId: $id, text: "周六上午十点可以吗？" }) { message { id } } }`,
          { id: `five-minutes-${count++}` },
        ),
    );
    assert.deepEqual(answer.data, {
      messageAdded: {
        text: '周六上午十点可以吗？',
        sender: { displayName: 'Mia Chen', kind: 'AGENT' },
        conversation: { customer: { name: '李伟 Li Wei', email: 'li.wei@example.com' } },
      },
    });
  });

  it('sees who wrote: the record, from another plugin, of the customer who sends', async () => {
    const people = await DemoAuthenticator.open({ dataDir: dataDir.path });
    const visitor = new GraphClient(hub.url, `Bearer ${await people.issueDemoToken('visitor-li')}`);
    let count = 0;
    const answer = await client.firstResult(
      `subscription { messageAdded(conversationId: "con_li_wei_sofa") { text sender { kind customer { name tags } } } }`,
      () =>
        visitor.data(
          `mutation ($id: ID!) { sendMessage(input: {
             conversationId: "con_li_wei_sofa", clientMessageId: $id, text: "好的！" }) { message { id } } }`,
          { id: `visitor-${count++}` },
        ),
    );
    assert.deepEqual(answer.data, {
      messageAdded: {
        text: '好的！',
        sender: { kind: 'VISITOR', customer: { name: '李伟 Li Wei', tags: ['vip', 'wood'] } },
      },
    });
  });

  it('sends the same message twice and finds it once', async () => {
    const send = () =>
      client.data(
        `mutation { sendMessage(input: { conversationId: "con_emily_beds", clientMessageId: "twice", text: "Yes." }) { message { id sequence } } }`,
      );
    assert.deepEqual(await send(), await send());
  });

  it('is told who may not see what, without a token', async () => {
    const { data, errors } = await new GraphClient(hub.url).request(
      '{ customers(first: 1) { nodes { id } } }',
    );
    assert.equal(errors?.[0]?.extensions?.code, 'UNAUTHENTICATED');
    assert.deepEqual(data, { customers: null });
  });
});
