import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ChatHost, li, mia, range, send, startChat, stranger, tom, upTo } from './chat-host.js';

const claim = `mutation($id: ID!, $version: Int!) { claimConversation(conversationId: $id, version: $version) {
  __typename
  ... on ConversationClaimed { conversation { ownerKind ownerId version lastSequence } }
  ... on ConversationNotClaimed { conversation { ownerKind ownerId version } } } }`;
const release = `mutation($id: ID!, $version: Int!) { releaseConversation(conversationId: $id, version: $version) {
  conversation { ownerKind ownerId version } } }`;
const setStatus = `mutation($id: ID!, $status: ConversationStatus!) {
  setConversationStatus(conversationId: $id, status: $status) { conversation { status version } } }`;
const open = `mutation($input: OpenConversationInput!) { openConversation(input: $input) {
  opened conversation { id lastSequence ownerKind customer { id } participants { kind displayName } } } }`;

describe('one owner at a time', () => {
  let chat: ChatHost;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat?.[Symbol.asyncDispose]());

  it('of 50 agents who claim one conversation at once, one wins and all know who', async () => {
    const agents = upTo(50).map((n) => ({ ...mia, id: `agent-${n}`, displayName: `Agent ${n}` }));
    const results = await Promise.all(
      agents.map((agent) => chat.ask(agent, claim, { id: 'con_emily_beds', version: 1 })),
    );
    const outcomes = results.map(({ claimConversation }) => claimConversation);
    assert.equal(outcomes.filter(({ __typename }) => __typename === 'ConversationClaimed').length, 1);
    assert.equal(new Set(outcomes.map(({ conversation }) => conversation.ownerId)).size, 1);
    const { conversation } = await chat.ask(
      mia,
      '{ conversation(id: "con_emily_beds") { version lastSequence participants { kind } } }',
    );
    assert.equal(conversation.version, 2);
    assert.equal(conversation.lastSequence, 4, 'one change, however many tried');
    assert.equal(conversation.participants.length, 2, 'the losers do not take part');
  });

  it('claiming again changes nothing, so that a retry is safe', async () => {
    const first = await chat.ask(tom, claim, { id: 'con_wang_fang_samples', version: 1 });
    const again = await chat.ask(tom, claim, { id: 'con_wang_fang_samples', version: 1 });
    assert.equal(again.claimConversation.__typename, 'ConversationClaimed');
    assert.deepEqual(again, first);
  });

  it('takes over from the bot; messages of a busy visitor do not make the claim fail', async () => {
    await chat.ask(mia, send, {
      input: { conversationId: 'con_priya_welcome', clientMessageId: 'busy', text: 'One moment.' },
    });
    const { claimConversation } = await chat.ask(mia, claim, { id: 'con_priya_welcome', version: 2 });
    assert.equal(claimConversation.__typename, 'ConversationClaimed');
  });

  it('goes back to the queue, but not on what was seen long ago', async () => {
    const [stale, current] = [2, 3];
    assert.deepEqual(await chat.codes(mia, release, { id: 'con_priya_welcome', version: stale }), [
      'CONFLICT',
    ]);
    const { releaseConversation } = await chat.ask(mia, release, {
      id: 'con_priya_welcome',
      version: current,
    });
    assert.deepEqual(releaseConversation.conversation, { ownerKind: 'QUEUE', ownerId: null, version: 4 });
  });

  it('is no business of visitors, and what is resolved is not for claiming', async () => {
    assert.deepEqual(await chat.codes(li, claim, { id: 'con_li_wei_sofa', version: 2 }), ['FORBIDDEN']);
    assert.deepEqual(await chat.codes(li, setStatus, { id: 'con_li_wei_sofa', status: 'RESOLVED' }), [
      'FORBIDDEN',
    ]);
    assert.deepEqual(await chat.codes(null, claim, { id: 'con_li_wei_sofa', version: 2 }), [
      'UNAUTHENTICATED',
    ]);
    const { claimConversation } = await chat.ask(tom, claim, { id: 'con_tom_return', version: 3 });
    assert.equal(claimConversation.__typename, 'ConversationNotClaimed');
  });
});

describe('one open conversation for each person and channel', () => {
  let chat: ChatHost;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat?.[Symbol.asyncDispose]());

  it('20 agents who open one for the same customer at once get the same one', async () => {
    const input = { customerId: 'cus_james_lee', channel: 'EMAIL', subject: 'Delivery of the desk' };
    const results = await Promise.all(upTo(20).map(() => chat.ask(mia, open, { input })));
    assert.equal(new Set(results.map(({ openConversation }) => openConversation.conversation.id)).size, 1);
    assert.equal(results.filter(({ openConversation }) => openConversation.opened).length, 1);
  });

  it('a visitor whom nobody knows opens one, and the double click finds it', async () => {
    const input = { channel: 'WEB' };
    const results = await Promise.all(upTo(5).map(() => chat.ask(stranger, open, { input })));
    const [first] = results.map(({ openConversation }) => openConversation.conversation);
    assert.equal(results.filter(({ openConversation }) => openConversation.opened).length, 1);
    assert.deepEqual(first.participants, [{ kind: 'VISITOR', displayName: 'Visitor' }]);
    assert.equal(first.customer, null);
    assert.equal(first.ownerKind, 'QUEUE');
    const { conversations } = await chat.ask(stranger, '{ conversations { nodes { id } } }');
    assert.deepEqual(conversations.nodes, [{ id: first.id }]);
  });

  it('a visitor who is known opens theirs as that customer, or gets the one that is open', async () => {
    const there = await chat.ask(li, open, { input: { channel: 'WEB' } });
    assert.deepEqual(
      [there.openConversation.opened, there.openConversation.conversation.id],
      [false, 'con_li_wei_sofa'],
    );
    const { openConversation } = await chat.ask(li, open, { input: { channel: 'WECHAT' } });
    assert.equal(openConversation.opened, true);
    assert.deepEqual(openConversation.conversation.customer, { id: 'cus_li_wei' });
  });

  it('a visitor’s message opens a resolved conversation again, unless another is open', async () => {
    const message = (clientMessageId: string) => ({
      input: { conversationId: 'con_li_wei_sofa', clientMessageId, text: '还有一个问题' },
    });
    await chat.ask(mia, setStatus, { id: 'con_li_wei_sofa', status: 'RESOLVED' });
    const { sendMessage } = await chat.ask(li, send, message('again-1'));
    const { conversationEvents } = await chat.ask(mia, range, {
      id: 'con_li_wei_sofa',
      after: sendMessage.message.sequence - 2,
    });
    assert.deepEqual(
      conversationEvents.events.map(({ change }: { change: string }) => change),
      ['STATUS_CHANGED', 'MESSAGE_ADDED'],
    );
    await chat.ask(mia, setStatus, { id: 'con_li_wei_sofa', status: 'RESOLVED' });
    await chat.ask(li, open, { input: { channel: 'WEB' } });
    assert.deepEqual(await chat.codes(li, send, message('again-2')), ['CONFLICT']);
    assert.deepEqual(await chat.codes(mia, setStatus, { id: 'con_li_wei_sofa', status: 'OPEN' }), [
      'CONFLICT',
    ]);
  });

  it('agents name the customer; visitors cannot name one', async () => {
    assert.deepEqual(await chat.codes(mia, open, { input: {} }), ['BAD_USER_INPUT']);
    assert.deepEqual(await chat.codes(li, open, { input: { customerId: 'cus_anna_hoffmann' } }), [
      'BAD_USER_INPUT',
    ]);
    const writer = { ...mia, scopes: ['chat:write'] };
    assert.deepEqual(await chat.codes(writer, open, { input: { customerId: 'cus_anna_hoffmann' } }), [
      'FORBIDDEN',
    ]);
  });
});
