import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { parse, validate } from 'graphql';
import type { Planner } from '../../src/operations/planner.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { readSupergraph } from '../../src/supergraph/read-supergraph.js';
import { startFleetProgram, untilGone } from './child-processes.js';
import {
  deadlyOperation,
  endlessOperation,
  harmlessOperation,
  librarySdl,
  mazeSdl,
} from './planner-fixtures.js';

const planFailed = (error: unknown) => isDeskgraphError(error, 'PLAN_FAILED');

/** Collects what was logged, for tests that ask whether something was said. */
function recordingLog(): Logger & { readonly messages: string[] } {
  const messages: string[] = [];
  const record = (fields: object, message: string) =>
    void messages.push(`${message} ${JSON.stringify(fields)}`);
  return { messages, debug: record, info: record, warn: record, error: record };
}

describe('an operation that crashes the planner', () => {
  const log = recordingLog();
  let fleet: PlannerFleet;
  let planner: Planner;

  before(async () => {
    fleet = new PlannerFleet({ log });
    planner = await fleet.planner(librarySdl);
  });
  after(() => fleet[Symbol.asyncDispose]());

  it('passes validation, so nothing but the planner stands in its way', () => {
    assert.deepEqual(validate(readSupergraph(librarySdl).publicSchema, parse(deadlyOperation)), []);
  });

  it('fails only the client that sent it, while 100 other operations are planned', async () => {
    const others = Array.from({ length: 100 }, (_, number) => planner.plan(harmlessOperation(number), null));
    await assert.rejects(planner.plan(deadlyOperation, null), planFailed);
    const plans = await Promise.all(others);
    assert.ok(plans.every((plan) => plan.node?.kind === 'Fetch'));
    assert.match(log.messages.join('\n'), /quarantined.*panicked|panicked.*quarantined/s);
  });

  it('is refused from quarantine the second time, without another crash', async () => {
    const crashes = log.messages.length;
    await assert.rejects(planner.plan(deadlyOperation, null), (error) => {
      assert.ok(planFailed(error));
      assert.match((error as Error).message, /quarantine/);
      return true;
    });
    assert.equal(log.messages.length, crashes);
  });

  it('is in quarantine under its operation name only: other operations of its document still plan', async () => {
    const document = `query Deadly ${deadlyOperation} query Harmless { ping }`;
    await assert.rejects(planner.plan(document, 'Deadly'), planFailed);
    assert.equal((await planner.plan(document, 'Harmless')).node?.kind, 'Fetch');
  });

  it('sent by several clients at once kills each process at most once', async () => {
    const again = `${deadlyOperation} # once more`;
    const crashes = () =>
      log.messages.filter((message) => message.startsWith('A planner process ended')).length;
    const before = crashes();
    const clients = Array.from({ length: 20 }, () => planner.plan(again, null));
    const outcomes = await Promise.allSettled(clients);
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && planFailed(outcome.reason)));
    assert.equal((await planner.plan(harmlessOperation(0), null)).node?.kind, 'Fetch');
    assert.ok(crashes() - before <= 2, `${crashes() - before} crashes`);
  });
});

describe('an operation that the planner does not finish', () => {
  const deadlineMs = 1000;

  it('is stopped at the deadline, then refused from quarantine, and the next operation is planned', async () => {
    await using fleet = new PlannerFleet({ size: 1, deadlineMs });
    const planner = await fleet.planner(mazeSdl);
    const pids = fleet.pids;
    await assert.rejects(planner.plan(endlessOperation, null), (error) => {
      assert.ok(planFailed(error));
      assert.match((error as Error).message, /in time/);
      return true;
    });
    await assert.rejects(planner.plan(endlessOperation, null), /quarantine/);
    assert.equal((await planner.plan('{ t { id } }', null)).kind, 'QueryPlan');
    assert.notDeepEqual(fleet.pids, pids);
  });

  it('ends with its process when the gateway is killed meanwhile', async () => {
    const { program, pids } = await startFleetProgram('endless');
    program.kill('SIGKILL');
    await untilGone(pids);
  });

  it('makes those behind it wait no longer than the deadline, and says that they may retry', async () => {
    await using fleet = new PlannerFleet({ size: 1, deadlineMs, maxWaiting: 1 });
    const planner = await fleet.planner(mazeSdl);
    const clients = [endlessOperation, '{ t { id } }', '{ t { f1 } }'].map((text) =>
      planner.plan(text, null),
    );
    const [endless, behind, tooMany] = await Promise.allSettled(clients);
    assert.ok(endless?.status === 'rejected' && planFailed(endless.reason));
    assert.ok(tooMany?.status === 'rejected' && isDeskgraphError(tooMany.reason, 'PLANNER_UNAVAILABLE'));
    assert.ok(tooMany.reason.retryable);
    assert.ok(behind?.status === 'fulfilled' || isDeskgraphError(behind?.reason, 'PLANNER_UNAVAILABLE'));
  });
});

describe('a planner process that stalls before it begins', () => {
  it('is replaced; the operation did no wrong and is planned by another process', async () => {
    await using fleet = new PlannerFleet({ size: 1, deadlineMs: 500 });
    const planner = await fleet.planner(librarySdl);
    process.kill(fleet.pids[0] as number, 'SIGSTOP');
    assert.equal((await planner.plan(harmlessOperation(1), null)).kind, 'QueryPlan');
  });
});
