import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type ChatHost,
  type Json,
  li,
  mia,
  range,
  send,
  startChat,
  stranger,
  tom,
  upTo,
} from './chat-host.js';

const sofa = 'con_li_wei_sofa';
const message = (clientMessageId: string, text: string, conversationId = sofa) => ({
  input: { conversationId, clientMessageId, text },
});

describe('messages', () => {
  let chat: ChatHost;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat?.[Symbol.asyncDispose]());

  it('50 at once get gapless sequence numbers in one order, none twice, none lost', async () => {
    const before = (await chat.ask(mia, `{ conversation(id: "${sofa}") { lastSequence } }`)).conversation;
    const sent = await Promise.all(
      upTo(50).map((n) => chat.ask(n % 2 ? mia : li, send, message(`burst-${n}`, `message ${n}`))),
    );
    const sequences = sent.map(({ sendMessage }) => sendMessage.message.sequence).sort((a, b) => a - b);
    assert.deepEqual(
      sequences,
      upTo(50).map((n) => before.lastSequence + n),
    );
    const { conversationEvents } = await chat.ask(mia, range, { id: sofa, after: before.lastSequence });
    assert.deepEqual(
      conversationEvents.events.map((event: { sequence: number }) => event.sequence),
      sequences,
    );
    assert.equal(new Set(conversationEvents.events.map((event: Json) => event.message.id)).size, 50);
    const times = conversationEvents.events.map(({ at }: { at: string }) => at);
    assert.deepEqual(times, [...times].sort(), 'times go the way of the sequence');
  });

  it('one that is sent 20 times at once is stored and announced once', async () => {
    const published = (await chat.host.published()).length;
    const sent = await Promise.all(upTo(20).map(() => chat.ask(li, send, message('retry-1', '再问一下'))));
    assert.equal(new Set(sent.map(({ sendMessage }) => sendMessage.message.id)).size, 1);
    const added = (await chat.host.published())
      .slice(published)
      .filter(({ type }) => type === 'chat.message.added');
    assert.equal(added.length, 1);
  });

  it('a clientMessageId with another text, kind or sender is refused', async () => {
    await chat.ask(mia, send, message('reuse-1', 'first'));
    const other = message('reuse-1', 'first');
    assert.deepEqual(await chat.codes(mia, send, message('reuse-1', 'second')), ['CLIENT_ID_REUSED']);
    assert.deepEqual(await chat.codes(tom, send, other), ['CLIENT_ID_REUSED']);
    assert.deepEqual(await chat.codes(mia, send, { input: { ...other.input, kind: 'NOTE' } }), [
      'CLIENT_ID_REUSED',
    ]);
  });

  it('the same clientMessageId in another conversation is another message', async () => {
    const here = await chat.ask(mia, send, message('both-1', 'hello'));
    const there = await chat.ask(mia, send, message('both-1', 'hello', 'con_anna_invoice'));
    assert.notEqual(here.sendMessage.message.id, there.sendMessage.message.id);
  });

  it('a retry is answered even when the conversation was resolved meanwhile', async () => {
    const lamp = message('lamp-1', 'A last word.', 'con_tom_return');
    const first = await chat.ask(mia, send, lamp);
    const again = await chat.ask(mia, send, lamp);
    assert.equal(again.sendMessage.message.id, first.sendMessage.message.id);
    const { conversation } = await chat.ask(mia, '{ conversation(id: "con_tom_return") { status } }');
    assert.equal(conversation.status, 'RESOLVED', 'an agent’s message does not open it again');
  });

  it('blank, oversized and unstorable texts are refused with a code', async () => {
    for (const text of ['', ' \n\t', 'x'.repeat(20_001), 'a\0b']) {
      assert.deepEqual(await chat.codes(mia, send, message('bad-1', text)), ['BAD_USER_INPUT']);
    }
    assert.deepEqual(await chat.codes(mia, send, message('', 'text')), ['BAD_USER_INPUT']);
    assert.deepEqual(await chat.codes(mia, send, message('x'.repeat(101), 'text')), ['BAD_USER_INPUT']);
    const emoji = await chat.ask(mia, send, message('good-1', '👍🏽 好的 \u200d'));
    assert.equal(emoji.sendMessage.message.text, '👍🏽 好的 \u200d');
  });

  it('go into no conversation that the sender may not see', async () => {
    assert.deepEqual(await chat.codes(stranger, send, message('x', 'let me in')), ['NOT_FOUND']);
    assert.deepEqual(await chat.codes(li, send, message('x', 'hello', 'con_anna_invoice')), ['NOT_FOUND']);
    assert.deepEqual(await chat.codes(mia, send, message('x', 'hello', 'con_nowhere')), ['NOT_FOUND']);
    assert.deepEqual(await chat.codes(null, send, message('x', 'hello')), ['UNAUTHENTICATED']);
    const reader = { ...tom, scopes: ['chat:read'] };
    assert.deepEqual(await chat.codes(reader, send, message('x', 'hello')), ['FORBIDDEN']);
  });

  it('a range of changes fills a gap: bounded, in order, and says whether it is complete', async () => {
    const first = await chat.ask(mia, range, { id: 'con_emily_beds', first: 2 });
    assert.deepEqual(
      first.conversationEvents.events.map(({ sequence, change }: Json) => [sequence, change]),
      [
        [1, 'OPENED'],
        [2, 'MESSAGE_ADDED'],
      ],
    );
    assert.equal(first.conversationEvents.complete, false);
    const rest = await chat.ask(mia, range, { id: 'con_emily_beds', after: 2 });
    assert.equal(rest.conversationEvents.complete, true);
    assert.match(rest.conversationEvents.events[0].message.text, /discount/);
    for (const count of [0, -1, 1001]) {
      assert.deepEqual(await chat.codes(mia, range, { id: sofa, first: count }), ['BAD_USER_INPUT']);
    }
    assert.deepEqual(await chat.codes(stranger, range, { id: sofa }), ['NOT_FOUND']);
  });

  it('notes are for colleagues: no query, range or count shows them to the visitor', async () => {
    const note = {
      input: { conversationId: sofa, clientMessageId: 'note-1', text: '客户很急', kind: 'NOTE' },
    };
    assert.deepEqual(await chat.codes(li, send, note), ['FORBIDDEN']);
    const { sendMessage } = await chat.ask(tom, send, note);
    const all = `{ conversation(id: "${sofa}") {
      lastMessage { kind } messages(last: 100) { nodes { kind } } participants { id unreadCount } } }`;
    const seen = (await chat.ask(li, all)).conversation;
    assert.equal(seen.lastMessage.kind, 'TEXT');
    assert.ok(seen.messages.nodes.every(({ kind }: { kind: string }) => kind === 'TEXT'));
    assert.equal((await chat.ask(mia, all)).conversation.lastMessage.kind, 'NOTE');
    const { conversationEvents } = await chat.ask(li, range, {
      id: sofa,
      after: sendMessage.message.sequence - 1,
    });
    assert.deepEqual(
      conversationEvents.events.map(({ change, message }: Json) => [change, message]),
      [['MESSAGE_ADDED', null]],
      'the number is there, so that nobody sees a gap; the note is not',
    );
    const { _entities } = await chat.ask(
      li,
      `{ _entities(representations: [{ __typename: "Message", id: "${sendMessage.message.id}" }]) { __typename } }`,
    );
    assert.deepEqual(_entities, [null]);
  });
});

describe('read cursors', () => {
  // Holds the database server; each test has a database of its own.
  let server: ChatHost;
  before(async () => {
    server = await startChat();
  });
  after(() => server?.[Symbol.asyncDispose]());
  const read = `mutation($id: ID!, $sequence: Int!) { markRead(conversationId: $id, sequence: $sequence) {
    conversation { lastSequence updatedAt participants { id lastReadSequence unreadCount } } } }`;
  const of = (data: Json, id: string) =>
    data.markRead.conversation.participants.find((participant: { id: string }) => participant.id === id);

  it('go forward only, not beyond the end, and count what is unread', async () => {
    await using chat = await startChat();
    for (const n of upTo(3)) await chat.ask(li, send, message(`unread-${n}`, `还有 ${n}`));
    const first = await chat.ask(mia, read, { id: sofa, sequence: 7 });
    assert.deepEqual(of(first, 'par_li_wei_mia'), {
      id: 'par_li_wei_mia',
      lastReadSequence: 7,
      unreadCount: 1,
    });
    const back = await chat.ask(mia, read, { id: sofa, sequence: 2 });
    assert.equal(of(back, 'par_li_wei_mia').lastReadSequence, 7);
    assert.equal(
      back.markRead.conversation.lastSequence,
      first.markRead.conversation.lastSequence,
      'nothing changed, so no number is taken',
    );
    const beyond = await chat.ask(mia, read, { id: sofa, sequence: 1_000_000 });
    assert.equal(of(beyond, 'par_li_wei_mia').lastReadSequence, first.markRead.conversation.lastSequence);
    assert.equal(of(beyond, 'par_li_wei_mia').unreadCount, 0);
  });

  it('of 20 moves at once the farthest stays', async () => {
    await using chat = await startChat();
    for (const n of upTo(20)) await chat.ask(li, send, message(`many-${n}`, `${n}`));
    await Promise.all(
      upTo(20).map((n) => chat.ask(mia, read, { id: sofa, sequence: 5 + ((n * 7) % 20) + 1 })),
    );
    const { conversation } = await chat.ask(
      mia,
      `{ conversation(id: "${sofa}") { participants { id lastReadSequence unreadCount } } }`,
    );
    const cursor = conversation.participants.find(({ id }: { id: string }) => id === 'par_li_wei_mia');
    assert.deepEqual(cursor, { id: 'par_li_wei_mia', lastReadSequence: 25, unreadCount: 0 });
  });

  it('of those who only look on are not kept, and reading does not reorder the inbox', async () => {
    await using chat = await startChat();
    const inbox = '{ conversations { nodes { id } } }';
    await chat.ask(li, send, message('unread', '在吗？'));
    await chat.ask(tom, send, message('newer', 'Here is the offer.', 'con_emily_beds'));
    const before = await chat.ask(mia, inbox);
    const { markRead } = await chat.ask(mia, read, { id: sofa, sequence: 6 });
    assert.equal(markRead.conversation.lastSequence, 7, 'it was read');
    const looked = await chat.ask(tom, read, { id: 'con_wang_fang_samples', sequence: 2 });
    assert.deepEqual(
      looked.markRead.conversation.participants.map(({ id }: { id: string }) => id),
      ['par_wang_fang'],
    );
    assert.deepEqual(await chat.ask(mia, inbox), before);
  });
});
