import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { Federation } from '../federation-rig/federation.js';
import { GraphqlJsTransport } from '../federation-rig/graphql-js-transport.js';
import { difference } from './compare.js';
import { Coverage } from './coverage.js';
import type { Fixture } from './fixture.js';
import { abstract } from './fixtures/abstract.js';
import { interfaceObject } from './fixtures/interface-object.js';
import { keys } from './fixtures/keys.js';
import { mixed } from './fixtures/mixed.js';
import { shop } from './fixtures/shop.js';
import { Monolith } from './monolith.js';
import { type GeneratedOperation, OperationGenerator } from './operation-generator.js';
import { Random } from './random.js';
import { shrink } from './shrink.js';
import { subgraphSchema } from './subgraph-schema.js';

/** DESKGRAPH_DIFFERENTIAL=1000 runs the long form; DESKGRAPH_SEED repeats a run. */
const operations = Number(process.env.DESKGRAPH_DIFFERENTIAL ?? 60);
const seed = Number(process.env.DESKGRAPH_SEED ?? 20_261_123);
const shownDifferences = 3;

describe(`random operations give what a monolith gives (${operations} each, seed ${seed})`, () => {
  const fleet = new PlannerFleet({ size: 1 });
  after(() => fleet[Symbol.asyncDispose]());

  for (const fixture of [shop, abstract, interfaceObject, keys, mixed]) {
    it(fixture.name, async (test) => {
      const { differences, answered, coverage } = await compareMany(fixture, fleet);
      test.diagnostic(
        `${fixture.name}: ${operations} operations, ${differences.length} differences, ${coverage}`,
      );
      assert.deepEqual(differences.slice(0, shownDifferences), []);
      if (operations >= 60) assert.deepEqual(coverage.missing, [], 'fields that no operation selected');
      assert.ok(answered > operations / 2, `only ${answered} of ${operations} operations have data`);
    });
  }
});

async function compareMany(fixture: Fixture, fleet: PlannerFleet) {
  await using federation = await Federation.open(
    {
      subgraphs: fixture.subgraphs,
      connect: (name) => new GraphqlJsTransport(name, subgraphSchema(name, fixture)),
    },
    fleet,
  );
  const monolith = new Monolith(federation.publicSchema, fixture);
  const generator = new OperationGenerator(federation.publicSchema, new Random(seed), fixture.argumentValues);
  const coverage = new Coverage(federation.publicSchema);
  const differences: string[] = [];
  let answered = 0;
  for (let count = 0; count < operations; count++) {
    const operation = generator.operation();
    coverage.add(operation.query);
    if ((await monolith.run(operation.query, operation.variables)).data !== 'null') answered++;
    const found = await difference(operation, federation, monolith);
    if (found === null) continue;
    const shown = differences.length < shownDifferences;
    differences.push(shown ? await explain(operation, count, federation, monolith) : `operation ${count}`);
  }
  return { differences, answered, coverage };
}

/** The difference of the smallest operation that still shows one, as a person would want to read it. */
async function explain(
  operation: GeneratedOperation,
  count: number,
  federation: Federation,
  monolith: Monolith,
): Promise<string> {
  const smallest = await shrink(
    operation,
    monolith.schema,
    async (candidate) => (await difference(candidate, federation, monolith)) !== null,
  );
  return `operation ${count}, shrunk: ${await difference(smallest, federation, monolith)}`;
}
