import type { PlanNode } from '../operations/planner.js';
import { hasLeft } from '../subgraphs/departures.js';
import { compileBatchFetch, compileFlattenedFetch } from './entity-fetch.js';
import type { Step } from './execution-state.js';
import type { PlanContext } from './plan-context.js';
import { compileRootFetch } from './root-fetch.js';

const nothing: Step = () => undefined;

/** Compiles a plan to a tree of closures. A subscription's primary fetch is left out: events stand for it. */
export function compileSteps(node: PlanNode, context: PlanContext): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileRootFetch(node, context);
    case 'BatchFetch':
      return compileBatchFetch(node, context);
    case 'Flatten':
      return compileFlattenedFetch(node.path, node.node, context);
    case 'Sequence':
      return inSequence(node.nodes.map((child) => compileSteps(child, context)));
    case 'Parallel':
      return compileParallel(node.nodes, context);
    case 'Subscription':
      return nothing;
  }
}

/**
 * Mutation fields run one after the other (GraphQL spec, section 6.2.2), each to its end; the planner lets the
 * next one start beside the entity fetches of the one before.
 */
function compileParallel(nodes: readonly PlanNode[], context: PlanContext): Step {
  const steps = (chosen: readonly PlanNode[]) => chosen.map((child) => compileSteps(child, context));
  const mutations = nodes.filter(isMutation);
  if (mutations.length === 0) return inParallel(steps(nodes));
  return inSequence([inParallel(steps(nodes.filter((node) => !isMutation(node)))), ...steps(mutations)]);
}

function isMutation(node: PlanNode): boolean {
  if (node.kind === 'Fetch') return node.operationKind === 'mutation';
  return (node.kind === 'Sequence' || node.kind === 'Parallel') && node.nodes.some(isMutation);
}

function inSequence(steps: readonly Step[]): Step {
  return async (state) => {
    for (const step of steps) {
      if (hasLeft(state.context)) return;
      await step(state);
    }
  };
}

function inParallel(steps: readonly Step[]): Step {
  return (state) => {
    const running: Promise<void>[] = [];
    for (const step of steps) {
      const promise = step(state);
      if (promise !== undefined) running.push(promise);
    }
    return running.length === 0 ? undefined : Promise.all(running).then(() => undefined);
  };
}
