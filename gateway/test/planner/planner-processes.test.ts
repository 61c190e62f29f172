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

  it('give back the memory of supergraphs they no longer hold', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using fleet = new PlannerFleet({ size: 1 });
    const large = (version: number) =>
      supergraphOf({ one: `type Query { v${version}: Int } ${manyTypes('a')}`, two: manyTypes('b') });
    const loadAndRetire = async (version: number) =>
      (await fleet.planner(large(version)))[Symbol.asyncDispose]();
    for (let version = 0; version < 3; version++) await loadAndRetire(version);
    const before = residentMegabytes(fleet.pids[0]);
    for (let version = 3; version < 18; version++) await loadAndRetire(version);
    const grown = residentMegabytes(fleet.pids[0]) - before;
    assert.ok(grown < 50, `grew by ${grown} MB over 15 supergraphs of 8 MB each`);
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

  it('that cannot start are reported at once, with the platforms that can', async () => {
    const { execPath } = process;
    process.execPath = '/nonexistent/node';
    try {
      await using fleet = new PlannerFleet();
      await assert.rejects(fleet.planner(librarySdl), (error) => {
        assert.ok(isDeskgraphError(error, 'PLANNER_UNAVAILABLE'));
        assert.match(error.message, /Linux with glibc and on macOS.*\/nonexistent\/node/);
        return true;
      });
    } finally {
      process.execPath = execPath;
    }
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
    // It may just have loaded; what matters is that nothing is left.
    const settled = late.catch(() => {});
    const pids = fleet.pids;
    await fleet[Symbol.asyncDispose]();
    await settled;
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

function manyTypes(field: string): string {
  const types = Array.from(
    { length: 300 },
    (_, number) => `type T${number} @key(fields: "id") { id: ID! ${field}: Int }`,
  );
  return types.join('\n');
}

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
