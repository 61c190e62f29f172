import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type CustomersHost, type Json, startCustomers, visitor } from './customers-host.js';

const list = `query($search: String, $tag: String, $first: Int, $after: String, $last: Int, $before: String) {
  customers(search: $search, tag: $tag, first: $first, after: $after, last: $last, before: $before) {
    nodes { id name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const ids = (data: Json): string[] => data.customers.nodes.map(({ id }: { id: string }) => id);

describe('finding customers', () => {
  let crm: CustomersHost;
  before(async () => {
    crm = await startCustomers();
  });
  after(() => crm?.[Symbol.asyncDispose]());

  const find = async (search: string) => ids(await crm.ask(list, { search }));

  it('by a part of a name, Chinese names of one character included', async () => {
    assert.deepEqual(await find('李'), ['cus_li_wei']);
    assert.deepEqual(await find('李伟'), ['cus_li_wei']);
    assert.deepEqual(await find('hoff'), ['cus_anna_hoffmann', 'cus_jonas_weber']);
    assert.deepEqual(await find('  EMILY '), ['cus_emily_carter']);
  });

  it('by company, e-mail address, phone and WeChat', async () => {
    assert.deepEqual((await find('蓝天设计')).sort(), ['cus_wang_fang', 'cus_zhang_min']);
    assert.deepEqual((await find('BÜROEINRICHTUNG')).sort(), ['cus_anna_hoffmann', 'cus_jonas_weber']);
    assert.deepEqual(await find('0013 8000'), ['cus_li_wei']);
    assert.deepEqual(await find('zhaolei88'), ['cus_zhao_lei']);
    assert.deepEqual(await find('tom.okafor@'), ['cus_tom_okafor']);
  });

  it('takes %, _ and \\ for what they are', async () => {
    for (const search of ['%', '_', '\\', 'li%wei', "'; drop table customer; --"]) {
      assert.deepEqual(await find(search), search === '_' ? ['cus_li_wei'] : [], search);
    }
    assert.deepEqual(await crm.codes(list, { search: '\0' }), ['BAD_USER_INPUT']);
  });

  it('by tag, and by tag and words together', async () => {
    assert.deepEqual((await crm.ask(list, { tag: 'vip' }).then(ids)).sort(), [
      'cus_emily_carter',
      'cus_li_wei',
    ]);
    assert.deepEqual(ids(await crm.ask(list, { tag: 'vip', search: '伟' })), ['cus_li_wei']);
  });

  it('finds what was changed a moment ago: name, company, contact', async () => {
    const add = `mutation($input: AddContactPointInput!) { addContactPoint(input: $input) { customer { version } } }`;
    await crm.ask(add, { input: { customerId: 'cus_chen_jie', kind: 'WECHAT', value: 'chenjie_1990' } });
    assert.deepEqual(await find('CHENJIE_1990'), ['cus_chen_jie']);
    const update = `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { version } } }`;
    await crm.ask(update, {
      input: { id: 'cus_james_lee', version: 1, name: '李杰 James Lee', companyId: 'com_lantian' },
    });
    assert.deepEqual((await find('李')).sort(), ['cus_james_lee', 'cus_li_wei']);
    assert.ok((await find('蓝天')).includes('cus_james_lee'));
  });

  it('by e-mail address in any case of letters, and by id; null when there is none', async () => {
    const query = '{ customerByEmail(email: "LI.Wei@Example.com") { id } customer(id: "nobody") { id } }';
    assert.deepEqual(await crm.ask(query), { customerByEmail: { id: 'cus_li_wei' }, customer: null });
  });

  it('as an entity by either key, many with one statement for each key', async (t) => {
    const statements = t.mock.method(pg.Client.prototype, 'query');
    const { _entities } = await crm.ask(
      `query($representations: [_Any!]!) { _entities(representations: $representations) {
         ... on Customer { id name } } }`,
      {
        representations: [
          { __typename: 'Customer', id: 'cus_li_wei' },
          { __typename: 'Customer', email: 'ANNA@hoffmann.example' },
          { __typename: 'Customer', id: 'cus_nobody' },
          { __typename: 'Customer', email: null },
          { __typename: 'Customer', id: 'cus_priya_nair' },
        ],
      },
    );
    assert.deepEqual(
      _entities.map((customer: Json) => customer?.id ?? null),
      ['cus_li_wei', 'cus_anna_hoffmann', null, null, 'cus_priya_nair'],
    );
    assert.equal(statements.mock.callCount(), 2);
  });

  it('is for those with the scope only', async () => {
    const representations = [{ __typename: 'Customer', id: 'cus_li_wei' }];
    const entities =
      'query($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }';
    for (const [query, variables] of [
      [list, {}],
      ['{ customer(id: "cus_li_wei") { notes { nodes { text } } } }', {}],
      ['{ companies { nodes { id } } }', {}],
      [entities, { representations }],
    ] as const) {
      assert.deepEqual(await crm.codes(query, variables, visitor), ['FORBIDDEN']);
      assert.deepEqual(await crm.codes(query, variables, null), ['UNAUTHENTICATED']);
    }
  });
});

describe('lists of customers', () => {
  let crm: CustomersHost;
  before(async () => {
    crm = await startCustomers();
  });
  after(() => crm?.[Symbol.asyncDispose]());

  const walk = async (step: (cursor: string | null) => Promise<Json>, next: string, cursor: string) => {
    const pages: string[][] = [];
    for (let at: string | null = null; ; ) {
      const { customers } = await step(at);
      pages.push(customers.nodes.map(({ id }: { id: string }) => id));
      if (!customers.pageInfo[next]) return pages;
      at = customers.pageInfo[cursor];
    }
  };

  it('are the same forward and backward, whatever the size of a page', async () => {
    const all = ids(await crm.ask(list));
    assert.equal(all.length, 12);
    for (const size of [1, 5, 12, 100]) {
      const forward = await walk(
        (after) => crm.ask(list, { first: size, after }),
        'hasNextPage',
        'endCursor',
      );
      const backward = await walk(
        (before) => crm.ask(list, { last: size, before }),
        'hasPreviousPage',
        'startCursor',
      );
      assert.deepEqual(forward.flat(), all);
      assert.deepEqual(backward.reverse().flat(), all);
    }
  });

  it('show nobody twice and skip nobody while others are added before and behind', async () => {
    const all = ids(await crm.ask(list));
    const create = `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } } }`;
    let round = 0;
    const pages = await walk(
      async (after) => {
        round++;
        await crm.ask(create, { input: { name: `0 before everybody ${round}` } });
        await crm.ask(create, { input: { name: `龘 behind everybody ${round}` } });
        return crm.ask(list, { first: 3, after });
      },
      'hasNextPage',
      'endCursor',
    );
    const seen = pages.flat();
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(
      seen.filter((id) => all.includes(id)),
      all,
    );
  });

  it('a cursor of another list, or of none, is refused with a code', async () => {
    const { customers } = await crm.ask(list, { first: 1 });
    const notes = `query($after: String) { customer(id: "cus_li_wei") { notes(first: 1, after: $after) { nodes { id } } } }`;
    assert.deepEqual(await crm.codes(notes, { after: customers.pageInfo.endCursor }), ['BAD_USER_INPUT']);
    for (const cursor of ['', 'nonsense', '龘', 'WzFd', 'bnVsbA']) {
      assert.deepEqual(await crm.codes(list, { first: 1, after: cursor }), ['BAD_USER_INPUT'], cursor);
    }
  });

  it('cost at most one statement for each field of the query, however many rows it shows', async (t) => {
    const deep = `{ companies { nodes { name customers(first: 3) { nodes {
      name tags contactPoints { value } notes(first: 2) { nodes { text } }
      company { name customers(first: 2) { nodes { name tags } } } } } } } }`;
    const fieldsThatRead = 8;
    const statements = t.mock.method(pg.Client.prototype, 'query');
    const { companies } = await crm.ask(deep);
    assert.equal(companies.nodes.length, 3);
    const count = statements.mock.callCount();
    assert.ok(count >= fieldsThatRead - 2 && count <= fieldsThatRead, `${count} statements`);
  });
});
