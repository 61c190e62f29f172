import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { attemptComposition, composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import type { CompositionProblem } from '../../src/supergraph/composition/subgraph-definition.js';

/** The head of a Federation 2 subgraph that imports these directives. */
function fed2(...directives: string[]): string {
  const imports = directives.map((name) => `"${name}"`).join(', ');
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;
}

const common = fed2(
  '@key',
  '@shareable',
  '@external',
  '@requires',
  '@provides',
  '@override',
  '@inaccessible',
);

function problemsOf(subgraphs: Readonly<Record<string, string>>): readonly CompositionProblem[] {
  const composition = attemptComposition(Object.entries(subgraphs).map(([name, sdl]) => ({ name, sdl })));
  assert.equal(composition.kind, 'failed');
  return composition.problems;
}

describe('composition', () => {
  it('names a subgraph without a URL, and one whose name needs another enum value', () => {
    const sdl = composeSubgraphs([
      { name: 'order-desk', sdl: 'type Query { a: Int }' },
      { name: 'order_desk', url: 'http://orders', sdl: 'type Query { b: Int }' },
    ]);
    assert.match(sdl, /@join__graph\(name: "order-desk", url: ""\)/);
    assert.match(sdl, /@join__graph\(name: "order_desk", url: "http:\/\/orders"\)/);
  });

  it('takes Federation 1 subgraphs beside Federation 2 ones', () => {
    const sdl = composeSubgraphs([
      { name: 'users', sdl: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }' },
      {
        name: 'reviews',
        sdl: 'extend type User @key(fields: "id") { id: ID! @external reviews: [String] } extend type Query { top: User @provides(fields: "name") } extend type User { name: String @external }',
      },
      { name: 'orders', sdl: `${common} type User @key(fields: "id") { id: ID! orders: Int }` },
    ]);
    for (const field of ['name', 'reviews', 'orders']) assert.match(sdl, new RegExp(`${field}: `));
    assert.match(sdl, /provides: "name"/);
  });
});

describe('a composition problem', () => {
  it('inside a subgraph names it, the place in its SDL, and what to change', () => {
    const [problem] = problemsOf({ one: `${common}\ntype Query {\n  a: Missing\n}` });
    assert.deepEqual(problem?.subgraphs, ['one']);
    assert.equal(problem?.code, 'INVALID_GRAPHQL');
    assert.match(problem?.message ?? '', /Unknown type Missing \(line 3, column 6\)/);
    assert.match(problem?.hint ?? '', /Correct the SDL/);
  });

  it('of syntax names subgraph, line and column', () => {
    const [problem] = problemsOf({ one: 'type Query {\n  a Int\n}', two: 'type Query { b: Int }' });
    assert.deepEqual(problem?.subgraphs, ['one']);
    assert.match(problem?.message ?? '', /line 2, column 5/);
  });

  const between: readonly {
    readonly code: string;
    readonly coordinate: string | null;
    readonly subgraphs: Readonly<Record<string, string>>;
    readonly named?: readonly string[];
    readonly hint: RegExp;
  }[] = [
    {
      code: 'INVALID_FIELD_SHARING',
      coordinate: 'P.x',
      subgraphs: {
        one: `${common} type Query { p: P } type P @key(fields: "id") { id: ID! x: Int }`,
        two: `${common} type P @key(fields: "id") { id: ID! x: Int }`,
      },
      hint: /@shareable/,
    },
    {
      code: 'FIELD_TYPE_MISMATCH',
      coordinate: 'P.x',
      subgraphs: {
        one: `${common} type Query { p: P } type P @key(fields: "id") { id: ID! x: Int @shareable }`,
        two: `${common} type P @key(fields: "id") { id: ID! x: String @shareable }`,
      },
      hint: /same type/,
    },
    {
      code: 'TYPE_KIND_MISMATCH',
      coordinate: 'P',
      subgraphs: {
        one: `${common} type Query { p: P } type P { id: ID! }`,
        two: `${common} interface P { id: ID! }`,
      },
      hint: /Rename the type/,
    },
    {
      code: 'EXTERNAL_UNUSED',
      coordinate: 'P.x',
      subgraphs: {
        one: `${common} type Query { p: P } type P @key(fields: "id") { id: ID! x: Int }`,
        two: `${common} type P @key(fields: "id") { id: ID! x: Int @external }`,
      },
      named: ['two'],
      hint: /Remove the @external field/,
    },
    {
      code: 'KEY_INVALID_FIELDS',
      coordinate: 'P',
      subgraphs: { one: `${common} type Query { p: P } type P @key(fields: "nope") { id: ID! }` },
      hint: /Name fields of this type/,
    },
    {
      code: 'SATISFIABILITY_ERROR',
      coordinate: 'P.x',
      subgraphs: {
        one: `${common} type Query { p: P } type P @shareable { id: ID! }`,
        two: `${common} type P { id: ID! @shareable x: Int }`,
      },
      hint: /@key/,
    },
    {
      code: 'ENUM_VALUE_MISMATCH',
      coordinate: 'E',
      subgraphs: {
        one: `${common} type Query { a(e: E): E } enum E { A B }`,
        two: `${common} type Query { b(e: E): E } enum E { A }`,
      },
      hint: /same values/,
    },
    {
      code: 'EXTENSION_WITH_NO_BASE',
      coordinate: 'P',
      subgraphs: { one: `${common} type Query { a: Int } extend type P { x: Int }` },
      hint: /Define the type/,
    },
    {
      code: 'OVERRIDE_FROM_SELF_ERROR',
      coordinate: 'P.x',
      subgraphs: {
        one: `${common} type Query { p: P } type P @key(fields: "id") { id: ID! x: Int @override(from: "one") }`,
      },
      hint: /another subgraph/,
    },
  ];
  for (const { code, coordinate, subgraphs, named = Object.keys(subgraphs), hint } of between) {
    it(`${code} names the subgraphs, ${coordinate} and a remedy`, () => {
      const problem = problemsOf(subgraphs).find((candidate) => candidate.code === code);
      assert.ok(problem, `no ${code} in ${JSON.stringify(problemsOf(subgraphs))}`);
      assert.deepEqual(problem.subgraphs, named);
      assert.equal(problem.coordinate, coordinate);
      assert.match(problem.hint, hint);
    });
  }

  it('comes with all others of its kind, in one error', () => {
    const definitions = [
      { name: 'one', sdl: `${common} type Query { a: Missing } type P { x: Absent }` },
      { name: 'two', sdl: `${common} type Query { b: Gone }` },
    ];
    assert.throws(
      () => composeSubgraphs(definitions),
      (error) => {
        assert.ok(isDeskgraphError(error, 'COMPOSITION_FAILED'));
        for (const type of ['Missing', 'Absent', 'Gone']) assert.match(error.message, new RegExp(type));
        assert.equal((error.details.problems as unknown[]).length, 3);
        return true;
      },
    );
  });

  it('of names is found before composing: none, twice the same, one that plans could not call', () => {
    assert.equal(problemsOf({})[0]?.code, 'NO_SUBGRAPHS');
    const twice = attemptComposition(
      ['a', 'a', 'not ok'].map((name) => ({ name, sdl: 'type Query { a: Int }' })),
    );
    assert.ok(twice.kind === 'failed');
    assert.deepEqual(
      twice.problems.map(({ code }) => code),
      ['DUPLICATE_SUBGRAPH', 'INVALID_SUBGRAPH_NAME'],
    );
  });
});

describe('@context and @fromContext', () => {
  const body = (context: string, fromContext: string) => `
    type Query { u: U }
    type U @key(fields: "id") ${context}(name: "c") { id: ID! v: Int t: T }
    type T @key(fields: "id") { id: ID! price(v: Int ${fromContext}(field: "$c { v }")): Int }
  `;
  for (const [name, head, context, fromContext] of [
    ['imported', fed2('@key', '@context', '@fromContext'), '@context', '@fromContext'],
    ['with their prefix', fed2('@key'), '@federation__context', '@federation__fromContext'],
    [
      'renamed',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", {name: "@context", as: "@ctx"}, {name: "@fromContext", as: "@from"}])',
      '@ctx',
      '@from',
    ],
    [
      'under another prefix',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", as: "fed", import: ["@key"])',
      '@fed__context',
      '@fed__fromContext',
    ],
  ] as const) {
    it(`are refused ${name}, since the planner drops them silently`, () => {
      const problems = problemsOf({ prices: `${head}${body(context, fromContext)}` });
      assert.deepEqual(
        problems.map(({ code, coordinate, subgraphs }) => [code, coordinate, subgraphs]),
        [
          ['FROM_CONTEXT_UNSUPPORTED', 'U', ['prices']],
          ['FROM_CONTEXT_UNSUPPORTED', 'T.price(v:)', ['prices']],
        ],
      );
      assert.match(problems[1]?.message ?? '', new RegExp(`${fromContext} at line 4, column \\d+`));
    });
  }

  it('of a subgraph’s own that only share the name are its own business', () => {
    composeSubgraphs([
      { name: 'own', sdl: 'directive @context(a: Int) on OBJECT type Query @context(a: 1) { a: Int }' },
    ]);
  });
});
