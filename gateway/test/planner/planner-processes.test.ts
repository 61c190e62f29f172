import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { isRunning, startFleetProgram, untilGone } from './child-processes.js';
import { harmlessOperation, librarySdl, mazeSdl, supergraphOf } from './planner-fixtures.js';

describe('planner processes', () => {
  it('plan for many supergraphs in turn: 100 of them need no other processes', async () => {
    await using fleet = new PlannerFleet();
    await (await fleet.planner(librarySdl))[Symbol.asyncDispose]();
    const pids = fleet.pids;
    for (let number = 0; number < 100; number++) {
      await using planner = await fleet.planner(supergraphOf({ only: `type Query { f${number}: Int }` }));
      const plan = await planner.plan(`{ f${number} }`, null);
      assert.ok(plan.node?.kind === 'Fetch' && plan.node.operation === `{f${number}}`);
    }
    assert.deepEqual(fleet.pids, pids);
  });

  it('keep supergraphs apart: an operation is planned over the one its planner is for', async () => {
    await using fleet = new PlannerFleet();
    await using old = await fleet.planner(supergraphOf({ one: 'type Query { a: Int }' }));
    await using next = await fleet.planner(supergraphOf({ two: 'type Query { a: Int b: Int }' }));
    const plans = await Promise.all([old, next, old, next].map((planner) => planner.plan('{ a }', null)));
    const names = plans.map(({ node }) => (node?.kind === 'Fetch' ? node.serviceName : null));
    assert.deepEqual(names, ['one', 'two', 'one', 'two']);
    await assert.rejects(old.plan('{ b }', null), (error) => isDeskgraphError(error, 'PLAN_FAILED'));
  });

  it('refuse a supergraph that crashes them, and go on with the ones they had', async () => {
    await using fleet = new PlannerFleet({ size: 1 });
    await using planner = await fleet.planner(librarySdl);
    for (const broken of ['type Que', 'type NotQuery { a: Int }']) {
      await assert.rejects(fleet.planner(broken), (error) => isDeskgraphError(error, 'SUPERGRAPH_INVALID'));
    }
    assert.equal((await planner.plan(harmlessOperation(1), null)).kind, 'QueryPlan');
  });

  it('are replaced when something else kills them, with the supergraphs they held', async () => {
    await using fleet = new PlannerFleet();
    await using planner = await fleet.planner(librarySdl);
    const killed = fleet.pids;
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await untilGone(killed);
    assert.equal((await planner.plan(harmlessOperation(1), null)).kind, 'QueryPlan');
  });

  it('refuse work for a retired supergraph, instead of planning it over another', async () => {
    await using fleet = new PlannerFleet({ size: 1 });
    const planner = await fleet.planner(librarySdl);
    const waiting = Array.from({ length: 5 }, (_, number) => planner.plan(harmlessOperation(number), null));
    const outcomes = Promise.allSettled(waiting);
    await planner[Symbol.asyncDispose]();
    for (const outcome of (await outcomes).slice(1)) {
      assert.ok(outcome.status === 'rejected' && isDeskgraphError(outcome.reason, 'PLANNER_UNAVAILABLE'));
    }
  });

  it('end with their fleet', async () => {
    const fleet = new PlannerFleet();
    await fleet.planner(librarySdl);
    const pids = fleet.pids;
    await fleet[Symbol.asyncDispose]();
    assert.ok(!pids.some(isRunning));
    await assert.rejects(fleet.planner(librarySdl), /stopping/);
  });

  it('end by themselves when the gateway is killed', async () => {
    const { program, pids } = await startFleetProgram();
    assert.equal(pids.length, 2);
    program.kill('SIGKILL');
    await untilGone(pids);
  });

  it('end with their fleet even when it goes while they load', async () => {
    const fleet = new PlannerFleet();
    await fleet.planner(librarySdl);
    const late = fleet.planner(mazeSdl);
    const refused = assert.rejects(late);
    const pids = fleet.pids;
    await fleet[Symbol.asyncDispose]();
    await refused;
    assert.ok(!pids.some(isRunning));
    assert.deepEqual(fleet.pids.filter(isRunning), []);
  });

  it('outlive a Ctrl-C that reaches the whole process group, so that the gateway can drain', async () => {
    await using fleet = new PlannerFleet({ size: 1 });
    await using planner = await fleet.planner(librarySdl);
    const pids = fleet.pids;
    for (const pid of pids) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pid, signal);
    for (let number = 0; number < 10; number++) await planner.plan(harmlessOperation(number), null);
    assert.deepEqual(fleet.pids, pids);
  });

  it('see nothing of the environment, where secrets are', {
    skip: process.platform !== 'linux',
  }, async () => {
    process.env.DESKGRAPH_TEST_SECRET = 'hunter2';
    await using fleet = new PlannerFleet({ size: 1 });
    delete process.env.DESKGRAPH_TEST_SECRET;
    await fleet.planner(librarySdl);
    assert.doesNotMatch(readFileSync(`/proc/${fleet.pids[0]}/environ`, 'utf8'), /hunter2/);
  });
});
