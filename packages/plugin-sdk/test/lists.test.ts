import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodeCursor,
  encodeCursor,
  groupLoader,
  isDeskgraphError,
  type KeyColumn,
  keysetClauses,
  type Page,
  type PageArguments,
  pageLoader,
  parsePage,
  rowLoader,
  toConnection,
} from '../src/index.js';

const key: readonly KeyColumn[] = [
  { sql: 'name', type: 'text' },
  { sql: 'id', type: 'bigint' },
];
const badInput = (error: unknown) => isDeskgraphError(error, 'BAD_USER_INPUT');

describe('a page', () => {
  it('is 20 rows from the start unless told otherwise', () => {
    assert.deepEqual(parsePage({}, key), { size: 20, direction: 'forward', cursor: null });
    assert.deepEqual(
      parsePage({ first: null, last: null, after: null, before: null }, key),
      parsePage({}, key),
    );
    const cursor = encodeCursor(['李伟', 7]);
    assert.deepEqual(parsePage({ last: 3, before: cursor }, key), {
      size: 3,
      direction: 'backward',
      cursor: ['李伟', '7'],
    });
  });

  it('of a size out of bounds, or in two directions, is refused', () => {
    const cursor = encodeCursor(['a', 1]);
    const refused: PageArguments[] = [
      { first: 0 },
      { first: 101 },
      { last: -1 },
      { first: 1, last: 1 },
      { first: 1, before: cursor },
      { before: cursor },
      { last: 1, after: cursor },
    ];
    for (const args of refused) assert.throws(() => parsePage(args, key), badInput, JSON.stringify(args));
    assert.throws(() => parsePage({ first: 11 }, key, { maxSize: 10 }), badInput);
    assert.equal(parsePage({}, key, { defaultSize: 5 }).size, 5);
  });
});

describe('a cursor', () => {
  it('is its row’s key, whatever characters that has', () => {
    for (const name of ['', 'a', '李伟', '👍🏽', '"],[', ' \\ ']) {
      assert.deepEqual(decodeCursor(encodeCursor([name, -7n]), key), [name, '-7']);
    }
  });

  it('that was not made for the list is refused', () => {
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const refused = [
      '',
      'nonsense',
      json(null),
      json({}),
      json(['a']),
      json(['a', '1', '2']),
      json(['a', 1]),
      json(['a', '1.5']),
      json(['a', '']),
      json(['a', '1; drop table x']),
      json(['a', '9'.repeat(19)]),
      json(['\0', '1']),
      json([['a'], '1']),
    ];
    for (const cursor of refused) assert.throws(() => decodeCursor(cursor, key), badInput, cursor);
  });
});

describe('the SQL of a page', () => {
  const page = (page: Partial<Page>): Page => ({ size: 2, direction: 'forward', cursor: null, ...page });

  it('compares whole keys in the list’s order, and reads one row more', () => {
    assert.deepEqual(keysetClauses(page({ cursor: ['a', '1'] }), key, 'asc', 3), {
      where: '(name, id) > ($3::text, $4::bigint)',
      orderBy: 'order by name asc, id asc',
      tail: 'order by name asc, id asc limit 3',
      params: ['a', '1'],
    });
  });

  it('goes against the order backward', () => {
    const { where, orderBy } = keysetClauses(
      page({ direction: 'backward', cursor: ['a', '1'] }),
      key,
      'desc',
      1,
    );
    assert.equal(where, '(name, id) > ($1::text, $2::bigint)');
    assert.equal(orderBy, 'order by name asc, id asc');
  });

  it('has no condition for the first page', () => {
    const { where, params } = keysetClauses(page({}), key, 'asc', 1);
    assert.deepEqual([where, params], ['true', []]);
  });
});

describe('a connection', () => {
  const keyOf = (n: number) => [n];

  it('of a page backward is in the list’s order again', () => {
    const page: Page = { size: 2, direction: 'backward', cursor: ['9'] };
    const { nodes, pageInfo } = toConnection([8, 7, 6], page, keyOf);
    assert.deepEqual(nodes, [7, 8]);
    assert.deepEqual(pageInfo, {
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: encodeCursor([7]),
      endCursor: encodeCursor([8]),
    });
  });

  it('of nothing has no cursors', () => {
    const { pageInfo } = toConnection([], { size: 2, direction: 'forward', cursor: null }, keyOf);
    assert.deepEqual(pageInfo, {
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});

describe('loaders', () => {
  interface Row {
    readonly id: string;
    readonly parent: string;
  }
  const rows: Row[] = ['a1', 'a2', 'a3', 'b1'].map((id) => ({ id, parent: id.charAt(0) }));
  const recorded =
    <Result>(calls: (readonly string[])[], result: Result) =>
    async (keys: readonly string[]) => {
      calls.push(keys);
      return result;
    };

  it('ask once for all keys and give null, or an empty list, where there is nothing', async () => {
    const calls: (readonly string[])[] = [];
    const byId = rowLoader<Row>(recorded(calls, rows), ({ id }) => id);
    const found = await Promise.all(['b1', 'x', 'a2'].map((id) => byId.load(id)));
    assert.deepEqual(
      found.map((row) => row?.id ?? null),
      ['b1', null, 'a2'],
    );
    const ofParent = groupLoader<Row>(recorded(calls, rows), ({ parent }) => parent);
    const groups = await Promise.all(['c', 'a'].map((parent) => ofParent.load(parent)));
    assert.deepEqual(
      groups.map((group) => group.map(({ id }) => id)),
      [[], ['a1', 'a2', 'a3']],
    );
    assert.deepEqual(calls, [
      ['b1', 'x', 'a2'],
      ['c', 'a'],
    ]);
  });

  it('of pages ask once for all parents with the same page, and apart for another page', async () => {
    const calls: (readonly string[])[] = [];
    const pagesOf = pageLoader<Row>({
      columns: [{ sql: 'id', type: 'text' }],
      load: recorded(calls, rows),
      parentOf: ({ parent }) => parent,
      keyOf: ({ id }) => [id],
    });
    const [a, b, c, wide] = await Promise.all([
      pagesOf('a', { first: 2 }),
      pagesOf('b', { first: 2 }),
      pagesOf('c', { first: 2, after: null }),
      pagesOf('a', { first: 3 }),
    ]);
    assert.deepEqual(calls, [['a', 'b', 'c'], ['a']]);
    assert.deepEqual([a?.nodes.length, a?.pageInfo.hasNextPage], [2, true]);
    assert.deepEqual([b?.nodes.length, b?.pageInfo.hasNextPage], [1, false]);
    assert.deepEqual([c?.nodes, wide?.nodes.length], [[], 3]);
    await assert.rejects(pagesOf('a', { first: 0 }), badInput);
  });
});
