import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type ChatHost, li, mia, send, startChat, stranger, tom } from './chat-host.js';

const sofa = 'con_li_wei_sofa';
const messageAdded = `subscription($id: ID!) { messageAdded(conversationId: $id) {
  id sequence kind text sentAt sender { id kind displayName customer { id } } } }`;
const conversationUpdated = `subscription($id: ID!) { conversationUpdated(conversationId: $id) {
  id lastSequence lastMessage { text } } }`;
const inboxUpdated = 'subscription { inboxUpdated { id lastSequence } }';

describe('subscriptions', () => {
  let chat: ChatHost;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat?.[Symbol.asyncDispose]());

  const refusal = async (query: string, variables: object, principal: typeof mia | null) =>
    (await chat.host.authorizeSubscription(query, { ...variables }, { principal }))?.map(
      ({ extensions }) => extensions.code,
    ) ?? null;

  it('are for those who may see the conversation', async () => {
    for (const query of [messageAdded, conversationUpdated]) {
      assert.equal(await refusal(query, { id: sofa }, mia), null);
      assert.equal(await refusal(query, { id: sofa }, li), null);
      assert.deepEqual(await refusal(query, { id: sofa }, stranger), ['NOT_FOUND']);
      assert.deepEqual(await refusal(query, { id: 'con_anna_invoice' }, li), ['NOT_FOUND']);
      assert.deepEqual(await refusal(query, { id: 'con_nowhere' }, mia), ['NOT_FOUND']);
      assert.deepEqual(await refusal(query, { id: sofa }, null), ['UNAUTHENTICATED']);
    }
    assert.equal(await refusal(inboxUpdated, {}, tom), null);
    assert.deepEqual(await refusal(inboxUpdated, {}, li), ['FORBIDDEN']);
    assert.deepEqual(await refusal(inboxUpdated, {}, null), ['UNAUTHENTICATED']);
  });

  it('a message is announced once on its own topic, and its conversation on the other two', async () => {
    const from = (await chat.host.published()).length;
    const input = { conversationId: sofa, clientMessageId: 'topic-1', text: '谢谢' };
    const { sendMessage } = await chat.ask(li, send, { input });
    const published = (await chat.host.published()).slice(from);
    assert.deepEqual(
      published.map(({ type, topic, subject }) => [type, topic, subject]),
      [
        ['chat.message.added', `chat.conversation.${sofa}.messages`, sofa],
        ['chat.conversation.updated', `chat.conversation.${sofa}`, sofa],
        ['chat.conversation.updated', 'chat.inbox', sofa],
      ],
    );
    assert.deepEqual(published[1]?.data, {
      conversationId: sofa,
      sequence: sendMessage.message.sequence,
      change: 'MESSAGE_ADDED',
    });
  });

  it('a message is delivered with its sender from the event alone, without a statement', async (t) => {
    const event = (await chat.host.published()).find(({ type }) => type === 'chat.message.added');
    const statements = t.mock.method(pg.Client.prototype, 'query');
    const { data, errors } = await chat.host.resolveEvent(
      messageAdded,
      event as { data: unknown },
      { id: sofa },
      { principal: li },
    );
    assert.deepEqual(errors ?? [], []);
    const { text, sender } = JSON.parse(JSON.stringify(data)).messageAdded;
    assert.deepEqual(
      [text, sender],
      [
        '谢谢',
        { id: 'par_li_wei', kind: 'VISITOR', displayName: '李伟 Li Wei', customer: { id: 'cus_li_wei' } },
      ],
    );
    assert.equal(statements.mock.callCount(), 0);
  });

  it('a conversation is delivered as it is when the event is handled', async () => {
    const event = (await chat.host.published()).find(({ topic }) => topic === 'chat.inbox');
    const { data } = await chat.host.resolveEvent(
      conversationUpdated,
      event as { data: unknown },
      { id: sofa },
      { principal: mia },
    );
    assert.deepEqual(JSON.parse(JSON.stringify(data)), {
      conversationUpdated: { id: sofa, lastSequence: 6, lastMessage: { text: '谢谢' } },
    });
  });

  it('a note reaches colleagues, and the visitor gets nothing of it', async () => {
    const from = (await chat.host.published()).length;
    const input = { conversationId: sofa, clientMessageId: 'note-1', text: 'VIP, be quick', kind: 'NOTE' };
    await chat.ask(tom, send, { input });
    const event = (await chat.host.published())[from] as { data: unknown };
    const resolve = async (principal: typeof mia) =>
      JSON.parse(
        JSON.stringify((await chat.host.resolveEvent(messageAdded, event, { id: sofa }, { principal })).data),
      );
    assert.equal((await resolve(mia)).messageAdded.text, 'VIP, be quick');
    assert.deepEqual(await resolve(li), { messageAdded: null });
  });

  it('a change that cannot be published is not made', async () => {
    const client = new pg.Client({ connectionString: chat.host.databaseUrl });
    await client.connect();
    await client.query('alter table deskgraph_events.event add constraint closed check (false) not valid');
    const input = { conversationId: sofa, clientMessageId: 'quiet-1', text: 'Can you hear me?' };
    assert.deepEqual(await chat.codes(mia, send, { input }), ['INTERNAL_ERROR']);
    await client.query('alter table deskgraph_events.event drop constraint closed');
    await client.end();
    const { sendMessage } = await chat.ask(mia, send, { input: { ...input, text: 'Once more' } });
    assert.equal(sendMessage.message.text, 'Once more');
  });
});
