import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import type { PlanNode, Planner, QueryPlan } from '../../src/operations/planner.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { deskSdl, supergraphOf } from './planner-fixtures.js';

/**
 * What the executor takes for granted of the planner's plans, which nothing documents. A new version of the
 * planner that plans otherwise fails here, and not in production.
 */
describe('the planner', () => {
  let fleet: PlannerFleet;
  let planner: Planner;
  before(async () => {
    fleet = new PlannerFleet({ size: 1 });
    planner = await fleet.planner(deskSdl);
  });
  after(() => fleet[Symbol.asyncDispose]());

  const plan = (document: string, name: string | null = null) => planner.plan(document, name);
  const refused = (document: string, name: string | null = null) =>
    assert.rejects(plan(document, name), (error) => isDeskgraphError(error, 'PLAN_FAILED'));

  it('writes one fetch for what one subgraph has, without an operation name', async () => {
    assert.deepEqual(await plan('query Me { me { name } }'), {
      kind: 'QueryPlan',
      node: { kind: 'Fetch', serviceName: 'users-app', operationKind: 'query', operation: '{me{name}}' },
    });
  });

  it('writes the representation that an entity fetch needs as `requires`', async () => {
    const [, flatten] = sequence(await plan('{ users { age } }'));
    assert.deepEqual(flatten, {
      kind: 'Flatten',
      path: [{ Field: 'users' }, '@'],
      node: {
        kind: 'Fetch',
        serviceName: 'stats',
        operationKind: 'query',
        operation:
          'query($representations:[_Any!]!){_entities(representations: $representations){...on User{age}}}',
        requires: [
          {
            kind: 'InlineFragment',
            typeCondition: 'User',
            selections: [
              { kind: 'Field', name: '__typename' },
              { kind: 'Field', name: 'id' },
            ],
          },
        ],
      },
    });
  });

  it('puts entities at several paths into one aliased fetch, which may use fragments', async () => {
    const [first, batch] = sequence(await plan('{ a: me { age } b: me { age } }'));
    assert.ok(first?.kind === 'Fetch' && first.operation.includes('fragment a on User {__typename id}'));
    assert.ok(batch?.kind === 'BatchFetch');
    const [alias] = batch.entityBatch.aliases;
    assert.equal(alias?.alias, '_e0');
    assert.equal(alias?.representationsVariableName, '__batch_reps_0');
    assert.deepEqual(
      alias?.paths
        .flat()
        .map((segment) => JSON.stringify(segment))
        .sort(),
      ['{"Field":"a"}', '{"Field":"b"}'],
    );
  });

  it('evaluates constant conditions itself, but cannot plan an operation of which nothing is left', async () => {
    assert.ok(JSON.stringify(await plan('{ me { id age @skip(if: true) } }')).includes('{me{id}}'));
    await refused('{ me @include(if: false) { id } }');
  });

  it('keeps default values, and only the variables that a fetch uses', async () => {
    const [first] = sequence(await plan('query ($n: Int = 5, $unused: Int) { users(first: $n) { age } }'));
    assert.ok(first?.kind === 'Fetch');
    assert.deepEqual(first.variableUsages, ['n']);
    assert.match(first.operation, /^query\(\$n:Int=5\)\{users\(first: \$n\)/);
  });

  it('plans the operation that is named; without a name it silently takes the first', async () => {
    const document = 'query A { me { id } } query B { users { id } }';
    assert.match(JSON.stringify(await plan(document, 'B')), /users/);
    assert.match(JSON.stringify(await plan(document)), /me\{id\}/);
    await refused(document, 'C');
  });

  it('plans the root’s __typename as a fetch, and does not know introspection', async () => {
    const { node } = await plan('{ __typename }');
    assert.ok(node?.kind === 'Fetch' && node.operation === '{__typename}');
    await refused('{ __schema { queryType { name } } }');
    await refused('{ me { id } __type(name: "User") { name } }');
  });

  it('renames a field that two types of a union ask with other arguments, and says how to undo it', async () => {
    const { node } = await plan('{ found { ... on User { tag(n: 1) } ... on Company { tag(n: 2) } } }');
    assert.ok(node?.kind === 'Fetch');
    assert.match(node.operation, /_internal_qp_alias_0: tag\(n: 2\)/);
    assert.deepEqual(node.outputRewrites, [
      {
        KeyRenamer: {
          path: [{ Key: 'found' }, { TypenameEquals: ['Company'] }, { Key: '_internal_qp_alias_0' }],
          renameKeyTo: 'tag',
        },
      },
    ]);
  });

  it('sends an @interfaceObject the name of the interface', async () => {
    const [, flatten] = sequence(await plan('{ node { extra } }'));
    assert.ok(flatten?.kind === 'Flatten');
    assert.deepEqual(flatten.node.inputRewrites, [
      {
        ValueSetter: { path: [{ TypenameEquals: ['Node'] }, { Key: '__typename' }], setValueTo: 'Node' },
      },
    ]);
  });

  it('marks where a subscription’s event stands, without a kind', async () => {
    const [first, join] = sequence(await plan('subscription { changed { name age } }'));
    assert.deepEqual(first, {
      kind: 'Subscription',
      primary: {
        serviceName: 'users-app',
        operationKind: 'subscription',
        operation: 'subscription{changed{__typename name id}}',
      },
    });
    assert.equal(join?.kind, 'Flatten');
  });

  it('merges neighbouring mutations of one subgraph into one fetch', async () => {
    const { node } = await plan('mutation { rename(id: 1) { name } count }');
    assert.ok(node?.kind === 'Fetch' && node.operation === 'mutation{rename(id: 1){name} count}');
  });

  it('sends the next mutation beside the entity fetches of the one before', async () => {
    const nodes = sequence(await plan('mutation { rename(id: 1) { age } reset }'));
    const kinds = (node: PlanNode | undefined) =>
      node?.kind === 'Parallel' ? node.nodes.map(({ kind }) => kind).sort() : node?.kind;
    assert.deepEqual(nodes.map(kinds), ['Fetch', ['Fetch', 'Flatten']]);
  });
});

describe('a progressive @override', () => {
  const sdl = (label: string) =>
    supergraphOf({
      old: 'type Query { a: T } type T @key(fields: "id") { id: ID! f: Int }',
      next: `type T @key(fields: "id") { id: ID! f: Int @override(from: "old", label: "${label}") }`,
    });
  const share = async (label: string) => {
    await using fleet = new PlannerFleet({ size: 1 });
    const planner = await fleet.planner(sdl(label));
    const texts = Array.from({ length: 200 }, (_, number) => `query Q${number} { a { f } }`);
    const plans = await Promise.all(texts.map((text) => planner.plan(text, null)));
    const again = await planner.plan(texts[0] as string, null);
    assert.deepEqual(again, plans[0], 'an operation is planned alike each time');
    return plans.filter((plan) => plan.node?.kind === 'Sequence').length;
  };

  it('of 0 percent moves no operation, of 100 all, of 50 about half of the distinct ones', async () => {
    assert.equal(await share('percent(0)'), 0);
    assert.equal(await share('percent(100)'), 200);
    const half = await share('percent(50)');
    assert.ok(half > 60 && half < 140, `${half} of 200`);
  });

  it('with a label of another kind stays where it was', async () => {
    assert.equal(await share('canary'), 0);
  });
});

function sequence({ node }: QueryPlan): readonly PlanNode[] {
  assert.ok(node?.kind === 'Sequence', JSON.stringify(node));
  return node.nodes;
}
