import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { parse, validate } from 'graphql';
import type { Planner } from '../../src/operations/planner.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { readSupergraph } from '../../src/supergraph/read-supergraph.js';
import { deadlyOperation, harmlessOperation, librarySdl } from './planner-fixtures.js';

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

describe('a planner process that hangs', () => {
  it('is killed at the deadline; the operation is quarantined and the next one is planned', async () => {
    await using fleet = new PlannerFleet({ size: 1, deadlineMs: 300 });
    const planner = await fleet.planner(librarySdl);
    const [pid] = fleet.pids;
    process.kill(pid as number, 'SIGSTOP');
    await assert.rejects(planner.plan(harmlessOperation(1), null), (error) => {
      assert.ok(planFailed(error));
      assert.match((error as Error).message, /in time/);
      return true;
    });
    await assert.rejects(planner.plan(harmlessOperation(1), null), /quarantine/);
    assert.equal(
      (await retryWhileUnavailable(() => planner.plan(harmlessOperation(2), null))).kind,
      'QueryPlan',
    );
    assert.notEqual(fleet.pids[0], pid);
  });

  it('makes those behind it wait no longer than the deadline, and says that they may retry', async () => {
    await using fleet = new PlannerFleet({ size: 1, deadlineMs: 300, maxWaiting: 2 });
    const planner = await fleet.planner(librarySdl);
    process.kill(fleet.pids[0] as number, 'SIGSTOP');
    const clients = [1, 2, 3, 4].map((number) => planner.plan(harmlessOperation(number), null));
    const outcomes = await Promise.allSettled(clients);
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.code : 'planned',
    );
    assert.equal(codes[0], 'PLAN_FAILED');
    assert.equal(codes[3], 'PLANNER_UNAVAILABLE', 'over the bound of two that may wait');
  });
});

/** While the only process restarts, the deadline of these tests may pass. */
async function retryWhileUnavailable<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isDeskgraphError(error, 'PLANNER_UNAVAILABLE')) throw error;
    }
  }
}
