import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CustomersHost, type Json, mia, startCustomers, visitor } from './customers-host.js';

const create = `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id name email version company { id } } } }`;
const update = `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id name email language version } } }`;
const addContact = `mutation($input: AddContactPointInput!) { addContactPoint(input: $input) {
  customer { contactPoints { kind value primary } } } }`;
const addNote = `mutation($input: AddNoteInput!) { addNote(input: $input) {
  note { id text authorId } customer { notes { nodes { text } } } } }`;
const tag = `mutation($id: ID!, $tag: String!) { tagCustomer(customerId: $id, tag: $tag) { customer { tags version } } }`;
const untag = `mutation($id: ID!, $tag: String!) { untagCustomer(customerId: $id, tag: $tag) { customer { tags } } }`;

describe('changing customers', () => {
  let crm: CustomersHost;
  before(async () => {
    crm = await startCustomers();
  });
  after(() => crm?.[Symbol.asyncDispose]());

  it('two people who change one customer at once: one succeeds, the other is told', async () => {
    const attempts = await Promise.all(
      ['en', 'zh-CN', 'de', 'fr', 'it'].map((language) =>
        crm.codes(update, { input: { id: 'cus_sofia_rossi', version: 1, language } }),
      ),
    );
    assert.deepEqual(attempts.flat(), ['CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT']);
    const { customer } = await crm.ask('{ customer(id: "cus_sofia_rossi") { version } }');
    assert.equal(customer.version, 2);
  });

  it('leaves absent fields alone and empties those that are null', async () => {
    const { updateCustomer } = await crm.ask(update, {
      input: { id: 'cus_chen_jie', version: 1, email: null },
    });
    assert.deepEqual(updateCustomer.customer, {
      id: 'cus_chen_jie',
      name: '陈杰 Chen Jie',
      email: null,
      language: 'zh-CN',
      version: 2,
    });
  });

  it('an e-mail address is one customer’s, in any case of letters, also when two are made at once', async () => {
    const attempts = await Promise.all(
      ['new@example.com', 'NEW@example.com', 'New@Example.com'].map((email) =>
        crm.codes(create, { input: { name: 'Somebody', email } }),
      ),
    );
    assert.deepEqual(attempts.flat(), ['CONFLICT', 'CONFLICT']);
    await crm.ask(create, { input: { name: 'Without 1' } });
    await crm.ask(create, { input: { name: 'Without 2' } });
    const taken = { id: 'cus_priya_nair', version: 1, email: 'Li.Wei@example.com' };
    assert.deepEqual(await crm.codes(update, { input: taken }), ['CONFLICT']);
  });

  it('refuses what it cannot keep, each with a code', async () => {
    for (const input of [
      { name: '' },
      { name: ' \t' },
      { name: 'a\0b' },
      { name: 'x'.repeat(201) },
      { name: 'A', email: 'nobody' },
      { name: 'A', email: 'a b@example.com' },
      { name: 'A', email: `${'x'.repeat(200)}@example.com` },
      { name: 'A', language: 'x'.repeat(36) },
      { name: 'A', companyId: 'com_nowhere' },
    ]) {
      assert.deepEqual(await crm.codes(create, { input }), ['BAD_USER_INPUT'], JSON.stringify(input));
    }
    assert.deepEqual(await crm.codes(update, { input: { id: 'cus_li_wei', version: 1, name: null } }), [
      'BAD_USER_INPUT',
    ]);
    assert.deepEqual(await crm.codes(update, { input: { id: 'cus_nobody', version: 1 } }), ['NOT_FOUND']);
  });

  it('one contact of a kind is the primary one, however many ask for it at once', async () => {
    await Promise.all(
      [1, 2, 3, 4, 5].map((n) =>
        crm.ask(addContact, {
          input: { customerId: 'cus_tom_okafor', kind: 'PHONE', value: `+44 20 7946 000${n}`, primary: true },
        }),
      ),
    );
    const { customer } = await crm.ask(
      '{ customer(id: "cus_tom_okafor") { contactPoints { kind primary } } }',
    );
    const phones = customer.contactPoints.filter(({ kind }: Json) => kind === 'PHONE');
    assert.equal(phones.length, 5);
    assert.deepEqual(
      phones.map(({ primary }: Json) => primary),
      [true, false, false, false, false],
      'and it comes first',
    );
  });

  it('the same contact twice is one', async () => {
    const input = { customerId: 'cus_zhao_lei', kind: 'PHONE', value: '+86 137 0000 0000' };
    await crm.ask(addContact, { input });
    const { addContactPoint } = await crm.ask(addContact, { input });
    assert.equal(addContactPoint.customer.contactPoints.length, 2);
  });

  it('notes name their author and come newest first', async () => {
    const { addNote: added } = await crm.ask(addNote, {
      input: { customerId: 'cus_li_wei', text: '周六送货' },
    });
    assert.equal(added.note.authorId, 'agent-mia');
    assert.deepEqual(
      added.customer.notes.nodes.map(({ text }: Json) => text),
      ['周六送货', 'Prefers delivery on Saturdays.', '喜欢浅色木材；送货请提前一天电话联系。'],
    );
    assert.deepEqual(await crm.codes(addNote, { input: { customerId: 'cus_nobody', text: 'x' } }), [
      'NOT_FOUND',
    ]);
    assert.deepEqual(await crm.codes(addNote, { input: { customerId: 'cus_li_wei', text: ' ' } }), [
      'BAD_USER_INPUT',
    ]);
  });

  it('tags are a set', async () => {
    await crm.ask(tag, { id: 'cus_priya_nair', tag: '重点' });
    const { tagCustomer } = await crm.ask(tag, { id: 'cus_priya_nair', tag: '重点' });
    assert.deepEqual(tagCustomer.customer.tags, ['new', '重点']);
    const { untagCustomer } = await crm.ask(untag, { id: 'cus_priya_nair', tag: 'new' });
    assert.deepEqual(untagCustomer.customer.tags, ['重点']);
    assert.deepEqual(await crm.codes(tag, { id: 'cus_nobody', tag: 'x' }), ['NOT_FOUND']);
    assert.deepEqual(await crm.codes(tag, { id: 'cus_li_wei', tag: 'x'.repeat(51) }), ['BAD_USER_INPUT']);
  });

  it('is for those with the scope only, and a writer who may not read is shown no notes', async () => {
    const input = { name: 'Nobody' };
    assert.deepEqual(await crm.codes(create, { input }, visitor), ['FORBIDDEN']);
    assert.deepEqual(await crm.codes(create, { input }, null), ['UNAUTHENTICATED']);
    const reader = { ...mia, scopes: ['customers:read'] };
    assert.deepEqual(await crm.codes(tag, { id: 'cus_li_wei', tag: 'x' }, reader), ['FORBIDDEN']);
    const writer = { ...mia, scopes: ['customers:write'] };
    const note = { input: { customerId: 'cus_li_wei', text: 'written' } };
    assert.deepEqual(await crm.codes(addNote, note, writer), ['FORBIDDEN']);
  });
});
