import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { Federation } from '../federation-rig/federation.js';
import { GraphqlJsTransport } from '../federation-rig/graphql-js-transport.js';
import type { AuditCase, AuditFixture } from './audit-fixture.js';
import { abstractAudits } from './fixtures/abstract-types.js';
import { entityAudits } from './fixtures/entities.js';
import { interfaceObjectAudits } from './fixtures/interface-objects.js';
import { keyAudits } from './fixtures/keys.js';
import { operationAudits } from './fixtures/operations.js';
import { ownershipAudits } from './fixtures/ownership.js';
import { providesAudits } from './fixtures/provides.js';
import { requiresAudits } from './fixtures/requires.js';
import { valueAudits } from './fixtures/values.js';

/**
 * What the Apollo Federation specification means, one small graph per topic. The topics are those of the public
 * federation gateway audit; the graphs, operations and answers are our own, and the answers are written by hand.
 */
const fixtures = [
  ...entityAudits,
  ...keyAudits,
  ...requiresAudits,
  ...providesAudits,
  ...abstractAudits,
  ...interfaceObjectAudits,
  ...ownershipAudits,
  ...valueAudits,
  ...operationAudits,
];

describe('federation audits', () => {
  const fleet = new PlannerFleet({ size: 1 });
  after(() => fleet[Symbol.asyncDispose]());

  for (const fixture of fixtures) {
    describe(fixture.topic, () => {
      for (const auditCase of fixture.cases) {
        if (auditCase.knownGap === undefined) it(auditCase.title, () => audit(fixture, auditCase, fleet));
        else {
          it(`${auditCase.title} (not yet: ${auditCase.knownGap})`, () =>
            assert.rejects(audit(fixture, auditCase, fleet), { name: 'AssertionError' }));
        }
      }
    });
  }
});

/** Each case has its own federation, so that what mutations change is gone with it. */
async function audit(fixture: AuditFixture, auditCase: AuditCase, fleet: PlannerFleet): Promise<void> {
  const calls: Record<string, string[]> = {};
  await using federation = await Federation.open(
    { subgraphs: fixture.subgraphs, connect: (name) => transport(fixture, name, calls) },
    fleet,
  );
  const answer = await federation.run(auditCase.query, auditCase.variables ?? {});
  const context = JSON.stringify({ errors: answer.errors, calls }, null, 2);
  if (auditCase.data === undefined) return assert.equal(answer.data, 'refused', context);
  // As text: the order of keys is part of the answer (GraphQL spec, section 7.2.2).
  assert.equal(answer.data, JSON.stringify(auditCase.data), context);
  const places = (answer.errors ?? []).map(({ path }) => (path ?? []).join('.')).sort();
  assert.deepEqual(places, [...(auditCase.errors ?? [])].sort(), context);
  for (const [name, most] of Object.entries(auditCase.mostCalls ?? {})) {
    const made = calls[name]?.length ?? 0;
    assert.ok(made <= most, `${name} got ${made} operations instead of at most ${most}: ${context}`);
  }
}

function transport(
  { subgraphs }: AuditFixture,
  name: string,
  calls: Record<string, string[]>,
): GraphqlJsTransport {
  const subgraph = subgraphs.find((candidate) => candidate.name === name);
  if (subgraph === undefined) throw new Error(`the fixture has no subgraph ${name}`);
  const typeDefs = parse(subgraph.sdl);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: subgraph.resolvers as never }]);
  return new GraphqlJsTransport(name, schema, (operation, variables) => {
    calls[name] = [...(calls[name] ?? []), `${operation} ${JSON.stringify(variables)}`];
  });
}
