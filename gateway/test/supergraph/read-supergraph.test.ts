import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import {
  buildClientSchema,
  introspectionFromSchema,
  parse,
  printSchema,
  validate,
  validateSchema,
} from 'graphql';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import { readSupergraph } from '../../src/supergraph/read-supergraph.js';
import { marketSubgraphs, publicMarket } from './market-fixture.js';

function refusal(sdl: string): string {
  try {
    readSupergraph(sdl);
  } catch (error) {
    assert.ok(isDeskgraphError(error, 'SUPERGRAPH_INVALID'), String(error));
    return error.message;
  }
  throw new Error('it was read');
}

/** Composes one Federation 2 subgraph with the body and Deskgraph's directive, linked as `link` says. */
function withEvents(body: string, link = 'import: ["@eventSource"]', directive = '@eventSource'): string {
  const sdl = `
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective", "@shareable", "@tag", "@inaccessible"])
      @link(url: "https://deskgraph.dev/specs/deskgraph/v1.0", ${link})
      @composeDirective(name: "${directive}")
    directive ${directive}(topic: String!, scope: EventScope! = SUBJECT) on FIELD_DEFINITION
    enum EventScope { SUBJECT ROLE PUBLIC }
    type Query { ping: Int }
    ${body}
  `;
  return composeSubgraphs([
    { name: 'other', sdl: 'type Query { pong: Int }' },
    { name: 'chat-desk', sdl },
  ]);
}

describe('the public schema', () => {
  const { publicSchema, subgraphs } = readSupergraph(composeSubgraphs(marketSubgraphs));

  it('is what clients should see of a supergraph that uses everything, to the letter', () => {
    assert.equal(printSchema(publicSchema).trim(), publicMarket.trim());
  });

  it('is valid, and survives introspection', () => {
    assert.deepEqual(validateSchema(publicSchema), []);
    const again = buildClientSchema(introspectionFromSchema(publicSchema));
    assert.equal(Object.keys(again.getTypeMap()).length, Object.keys(publicSchema.getTypeMap()).length);
  });

  it('refuses operations on what is inaccessible, as if it were not there', () => {
    const problems = (text: string) => validate(publicSchema, parse(text)).map(({ message }) => message);
    assert.match(problems('{ products { cost } }').join(), /Cannot query field "cost"/);
    assert.match(problems('{ products(secretSort: 1) { upc } }').join(), /Unknown argument "secretSort"/);
    assert.match(problems('{ products(kind: PROTOTYPE) { upc } }').join(), /PROTOTYPE/);
    assert.match(
      problems('{ products { ... on Auditable { auditedAt } } }').join(),
      /Unknown type "Auditable"/,
    );
    assert.deepEqual(problems('query ($f: Filter) { products(filter: $f) { upc } }'), []);
  });

  it('hides what the gateway still needs: authorization, tags and overrides stay in the supergraph', () => {
    const sdl = composeSubgraphs(marketSubgraphs);
    for (const kept of [
      /inStock: Int! .*@authenticated/,
      /supplier: Person .*@requiresScopes\(scopes: \[\["stock:read"\]\]\)/,
      /deliveries: Int! .*@policy\(policies: \[\["hr"\]\]\)/,
      /auditedAt: String .*@tag\(name: "internal"\)/,
      /shipping\(.*requires: "weight"/,
      /@join__type\(graph: INVENTORY, key: "id", isInterfaceObject: true\)/,
      /name: String @join__field\(graph: PEOPLE, override: "catalog-v1"/,
    ]) {
      assert.match(sdl, kept);
    }
  });

  it('names subgraphs as plans do, with their URLs', () => {
    assert.deepEqual(
      [...subgraphs.values()],
      [
        { name: 'catalog-v1', url: 'http://catalog/graphql' },
        { name: 'inventory', url: '' },
        { name: 'people', url: 'http://people/graphql' },
      ],
    );
  });

  it('keeps directives for operations, and no trace of the others', () => {
    const sdl = withEvents('directive @live(every: Int = 5) on QUERY | SUBSCRIPTION');
    const other = composeSubgraphs([
      { name: 'x', sdl: 'directive @live(every: Int = 5) on QUERY type Query { a: Int }' },
    ]);
    assert.deepEqual(customDirectives(other), ['live']);
    assert.deepEqual(
      customDirectives(sdl).filter((name) => name !== 'live'),
      [],
    );
  });
});

function customDirectives(sdl: string): string[] {
  const standard = ['include', 'skip', 'deprecated', 'specifiedBy', 'oneOf'];
  const directives = readSupergraph(sdl).publicSchema.getDirectives();
  return directives.map(({ name }) => name).filter((name) => !standard.includes(name));
}

describe('event sources', () => {
  const body = `type Subscription {
    added(id: ID!): Int @eventSource(topic: "chat.{args.id}")
    typing: Int @eventSource(topic: "typing", scope: PUBLIC)
    own: Int
  }`;

  it('are read with topic, scope and the subgraph that owns the field', () => {
    const { eventSources } = readSupergraph(withEvents(body));
    assert.deepEqual(Object.fromEntries(eventSources), {
      added: { serviceName: 'chat-desk', topicTemplate: 'chat.{args.id}', scope: 'SUBJECT' },
      typing: { serviceName: 'chat-desk', topicTemplate: 'typing', scope: 'PUBLIC' },
    });
  });

  it('are found under a renaming import', () => {
    const link = 'import: [{ name: "@eventSource", as: "@from" }]';
    const sdl = withEvents(body.replaceAll('@eventSource', '@from'), link, '@from');
    const { eventSources, publicSchema } = readSupergraph(sdl);
    assert.deepEqual([...eventSources.keys()], ['added', 'typing']);
    assert.doesNotMatch(printSchema(publicSchema), /EventScope|eventSource|@from/);
  });

  it('leave no type behind that only their directive used', () => {
    assert.doesNotMatch(printSchema(readSupergraph(withEvents(body)).publicSchema), /EventScope/);
  });

  it('that cannot work are all named at once, each with what to change', () => {
    const message = refusal(
      withEvents(`type Subscription {
        a(id: ID!): Int @eventSource(topic: "chat.{args.ID}")
        b: Int @eventSource(topic: "chat.{claims.tenant}")
        c: Int @eventSource(topic: "")
        d: Int @eventSource(topic: "open{args")
      }
      extend type Query { e: Int @eventSource(topic: "e") }`),
    );
    assert.match(message, /Subscription.a: .*"ID", which the field does not have \(it has: id\)/);
    assert.match(message, /Subscription.b: .*\{claims.tenant\}; the only form is \{args.name\}/);
    assert.match(message, /Subscription.c: .*no topic/);
    assert.match(message, /Subscription.d: .*unbalanced brace/);
    assert.match(message, /Query.e: .*for fields of the subscription type/);
  });

  it('follow a subscription type of another name', () => {
    const renamed = withEvents(
      'type Feed { all: Int @eventSource(topic: "all") } schema { query: Query subscription: Feed }',
    );
    assert.deepEqual([...readSupergraph(renamed).eventSources.keys()], ['all']);
  });
});

describe('a supergraph that cannot be read', () => {
  it('because it is not SDL: says where', () => {
    assert.match(refusal('type Query {\n  a Int }'), /not GraphQL SDL.*line 2, column 5/);
    assert.match(refusal(''), /not GraphQL SDL/);
    assert.match(refusal('<html>'), /not GraphQL SDL/);
  });

  it('because it is no supergraph: says how to make one', () => {
    assert.match(refusal('type Query { a: Int }'), /no enum join__Graph.*--subgraphs/);
    const subgraph = marketSubgraphs[1]?.sdl ?? '';
    assert.match(refusal(subgraph), /SDL of one subgraph.*--subgraphs/);
  });

  it('because a Federation 1 composer wrote it: says to compose again', () => {
    const message = refusal(`
      schema @core(feature: "https://specs.apollo.dev/core/v0.2") @core(feature: "https://specs.apollo.dev/join/v0.1") { query: Query }
      enum join__Graph { A @join__graph(name: "a", url: "http://a") }
      type Query { a: Int @join__field(graph: A) }
    `);
    assert.match(message, /Federation 1.*Federation 2 composer.*subgraphs themselves may stay/);
  });

  it('because nothing of Query is left, or there is none', () => {
    const graph = 'enum join__Graph { A @join__graph(name: "a", url: "") }';
    assert.match(refusal(`${graph} type Other { a: Int }`), /no Query type/);
    assert.match(
      refusal(`${graph} type Query { a: Int @inaccessible }`),
      /Query must define one or more fields/,
    );
  });

  it('because types are missing: names each', () => {
    const message = refusal('enum join__Graph { A } type Query { a: Gone b: Lost }');
    assert.match(message, /Gone/);
    assert.match(message, /Lost/);
  });

  it('because two subgraphs have one name', () => {
    const message = refusal(
      'enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "a", url: "") } type Query { a: Int }',
    );
    assert.match(message, /same name/);
  });
});
