import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type ChatHost, type Json, li, mia, send, startChat, stranger, upTo } from './chat-host.js';

const inbox = `query($status: ConversationStatus, $first: Int, $after: String, $last: Int, $before: String) {
  conversations(status: $status, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const ids = (data: Json): string[] => data.conversations.nodes.map(({ id }: { id: string }) => id);
const everything = [
  'con_li_wei_sofa',
  'con_wang_fang_samples',
  'con_anna_invoice',
  'con_emily_beds',
  'con_tom_return',
  'con_priya_welcome',
];

describe('the inbox', () => {
  let chat: ChatHost;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat?.[Symbol.asyncDispose]());

  it('shows agents all, the newest activity first, by status and owner', async () => {
    assert.deepEqual(ids(await chat.ask(mia, inbox)), everything);
    assert.deepEqual(ids(await chat.ask(mia, inbox, { status: 'RESOLVED' })), ['con_tom_return']);
    const own = await chat.ask(mia, '{ conversations(ownerId: "agent-mia") { nodes { id } } }');
    assert.deepEqual(ids(own), ['con_li_wei_sofa', 'con_tom_return']);
    const waiting = await chat.ask(mia, '{ conversations(status: OPEN, ownerKind: QUEUE) { nodes { id } } }');
    assert.deepEqual(ids(waiting), ['con_wang_fang_samples', 'con_emily_beds']);
  });

  it('shows a visitor their own only, wherever they look', async () => {
    assert.deepEqual(ids(await chat.ask(li, inbox)), ['con_li_wei_sofa']);
    assert.deepEqual(ids(await chat.ask(stranger, inbox)), []);
    const { conversation } = await chat.ask(li, '{ conversation(id: "con_anna_invoice") { id } }');
    assert.equal(conversation, null);
    const representations = [
      { __typename: 'Conversation', id: 'con_anna_invoice' },
      { __typename: 'Message', id: 'msg_anna_1' },
      { __typename: 'Customer', id: 'cus_anna_hoffmann' },
      { __typename: 'Customer', id: 'cus_li_wei' },
    ];
    const { _entities } = await chat.ask(
      li,
      `query($representations: [_Any!]!) { _entities(representations: $representations) {
         ... on Conversation { id } ... on Message { text } ... on Customer { conversations { nodes { id } } } } }`,
      { representations },
    );
    assert.deepEqual(_entities, [
      null,
      null,
      { conversations: { nodes: [] } },
      { conversations: { nodes: [{ id: 'con_li_wei_sofa' }] } },
    ]);
  });

  it('is closed to those who are nobody, or may not read', async () => {
    assert.deepEqual(await chat.codes(null, inbox), ['UNAUTHENTICATED']);
    assert.deepEqual(await chat.codes({ ...mia, scopes: ['customers:read'] }, inbox), ['FORBIDDEN']);
    assert.deepEqual(await chat.codes({ ...li, scopes: [] }, inbox), ['FORBIDDEN']);
    const greedy = { ...li, scopes: ['chat:read', 'chat:write'] };
    assert.deepEqual(ids(await chat.ask(greedy, inbox)), ['con_li_wei_sofa'], 'a visitor stays a visitor');
  });

  it('pages forward and backward are the same list', async () => {
    const forward: string[] = [];
    for (let after: string | null = null; ; ) {
      const data: Json = await chat.ask(mia, inbox, { first: 4, after });
      forward.push(...ids(data));
      if (!data.conversations.pageInfo.hasNextPage) break;
      after = data.conversations.pageInfo.endCursor;
    }
    const backward: string[] = [];
    for (let before: string | null = null; ; ) {
      const data: Json = await chat.ask(mia, inbox, { last: 4, before });
      backward.unshift(...ids(data));
      if (!data.conversations.pageInfo.hasPreviousPage) break;
      before = data.conversations.pageInfo.startCursor;
    }
    assert.deepEqual(forward, everything);
    assert.deepEqual(backward, everything);
  });

  it('a cursor stays right while conversations come to the top', async () => {
    const first = await chat.ask(mia, inbox, { first: 3 });
    await chat.ask(mia, send, {
      input: { conversationId: 'con_priya_welcome', clientMessageId: 'bump', text: 'Hello again!' },
    });
    const open = `mutation { openConversation(input: { customerId: "cus_chen_jie" }) { opened } }`;
    await chat.ask(mia, open);
    const { endCursor } = first.conversations.pageInfo;
    const second = await chat.ask(mia, inbox, { first: 3, after: endCursor });
    assert.deepEqual(ids(second), ['con_emily_beds', 'con_tom_return'], 'nothing twice, nothing skipped');
  });

  it('an id that nobody can have is refused with a code, or finds nothing', async () => {
    const query = 'query($id: ID!) { conversation(id: $id) { id } }';
    assert.deepEqual(await chat.codes(mia, query, { id: 'con\0' }), ['BAD_USER_INPUT']);
    assert.deepEqual(await chat.ask(mia, query, { id: "' or true --" }), { conversation: null });
  });

  it('page arguments that make no sense are refused with a code', async () => {
    const { endCursor } = (await chat.ask(mia, inbox, { first: 1 })).conversations.pageInfo;
    for (const bad of [
      { first: 0 },
      { first: -3 },
      { first: 101 },
      { last: 101 },
      { first: 1, last: 1 },
      { first: 1, before: endCursor },
      { last: 1, after: endCursor },
    ]) {
      assert.deepEqual(await chat.codes(mia, inbox, bad), ['BAD_USER_INPUT'], JSON.stringify(bad));
    }
  });
});

/** How many were about conversations: the outbox looks for events meanwhile. */
function ofChat({
  mock,
}: {
  readonly mock: { readonly calls: readonly { arguments: unknown[] }[] };
}): number {
  return mock.calls.filter((call) => /conversation|participant|message/.test(String(call.arguments[0])))
    .length;
}

describe('statements', () => {
  let chat: ChatHost;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat?.[Symbol.asyncDispose]());

  it('are at most one for each field of the query, however many conversations it shows', async (t) => {
    const deep = `{ conversations { nodes {
      lastMessage { text sender { displayName } } participants { displayName unreadCount }
      messages(last: 2) { nodes { text sender { displayName customer { id } } conversation { status } } } } } }`;
    const fieldsThatRead = 7;
    const statements = t.mock.method(pg.Client.prototype, 'query');
    const { conversations } = await chat.ask(mia, deep);
    assert.equal(conversations.nodes.length, 6);
    const count = ofChat(statements);
    // Two fields that want participants share a statement when they come to it at the same moment.
    assert.ok(count >= fieldsThatRead - 2 && count <= fieldsThatRead, `${count} statements`);
  });

  it('are one for the conversations of all customers that the gateway asks about', async (t) => {
    const statements = t.mock.method(pg.Client.prototype, 'query');
    const representations = ['cus_li_wei', 'cus_anna_hoffmann', 'cus_emily_carter', 'cus_nobody'].map(
      (id) => ({
        __typename: 'Customer',
        id,
      }),
    );
    const { _entities } = await chat.ask(
      mia,
      `query($representations: [_Any!]!) { _entities(representations: $representations) {
         ... on Customer { id conversations(first: 1) { nodes { id } } } } }`,
      { representations },
    );
    assert.equal(_entities.flatMap((customer: Json) => customer.conversations.nodes).length, 3);
    assert.equal(ofChat(statements), 1);
  });
});

describe('cursors', () => {
  it('of all kinds of garbage are refused with a code, never with a failure', async () => {
    await using chat = await startChat();
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`SEED=${seed}`);
    const random = mulberry32(seed);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const values = [null, true, 1, '', 'x', '\0', '1e3', '-', ' 1', '9'.repeat(30), [], {}, ['1'], '\ud800'];
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const makers = [
      () =>
        Array.from({ length: Math.floor(random() * 40) }, () => String.fromCharCode(random() * 0xffff)).join(
          '',
        ),
      () => encode(Array.from({ length: Math.floor(random() * 4) }, () => pick(values))),
      () => encode(pick(values)),
      () => Buffer.from(Array.from({ length: 30 }, () => random() * 256)).toString('base64url'),
    ];
    const messages = `query($before: String) { conversation(id: "con_li_wei_sofa") {
      messages(last: 2, before: $before) { nodes { id } } } }`;
    for (const _ of upTo(300)) {
      const cursor = pick(makers)();
      for (const [query, variables] of [
        [inbox, { first: 2, after: cursor }],
        [messages, { before: cursor }],
      ] as const) {
        const codes = await chat.codes(mia, query, variables);
        // A random text in an array of one is a well-formed cursor of the inbox: a place in it, though nobody's.
        assert.ok(
          codes.length === 0 || (codes.length === 1 && codes[0] === 'BAD_USER_INPUT'),
          `${cursor} ${codes}`,
        );
      }
    }
  });
});

/** The generator "mulberry32": small, and the same numbers for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
