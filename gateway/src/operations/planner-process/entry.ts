// A planner process. It loads the native planner and nothing else, holds one planner for each supergraph it
// was given, and answers its parent. What it is asked may abort it: that is why it is a process.
import { QueryPlanner } from '@graphql-hive/router-query-planner';
import type { QueryPlan } from '../planner.js';
import type { PlannerReply, PlannerRequest } from './messages.js';

const planners = new Map<number, QueryPlanner>();

async function answer(request: PlannerRequest): Promise<PlannerReply | undefined> {
  switch (request.kind) {
    case 'load':
      planners.set(request.supergraph, new QueryPlanner(request.sdl));
      return { kind: 'loaded' };
    case 'unload':
      planners.delete(request.supergraph);
      // V8 does not see the native memory behind a planner, and would keep dozens of them.
      globalThis.gc?.();
      return undefined;
    case 'plan':
      return { kind: 'planned', plan: await plan(request) };
  }
}

/** Off the main thread, so that this process notices the end of its parent even while a plan hangs. */
async function plan(request: Extract<PlannerRequest, { kind: 'plan' }>): Promise<QueryPlan> {
  const planner = planners.get(request.supergraph);
  if (planner === undefined) throw new Error(`supergraph ${request.supergraph} is not loaded`);
  await send({ kind: 'started' });
  const noLabels = new Set<string>();
  const { document, operationName, overridePercentage } = request;
  const planned = await planner.planAsync(document, operationName, noLabels, overridePercentage);
  return { kind: 'QueryPlan', node: (planned.node ?? null) as QueryPlan['node'] };
}

function send(reply: PlannerReply): Promise<void> {
  return new Promise((resolve) => process.send?.(reply, undefined, undefined, () => resolve()));
}

process.on('message', (request: PlannerRequest) => {
  answer(request)
    .catch((error: unknown) => ({
      kind: 'failed' as const,
      reason: error instanceof Error ? error.message : String(error),
    }))
    .then((reply) => reply && send(reply));
});

// The parent decides when this process ends: a Ctrl-C in the terminal reaches both, and the parent still drains.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// The parent is gone. SIGKILL, because exit() would wait for a plan that hangs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

void send({ kind: 'ready' });
