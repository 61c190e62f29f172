import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { PlanNode, QueryPlan, SubscriptionNode } from '../operations/planner.js';
import type { FetchContext, SubgraphResponse } from '../subgraphs/transport.js';
import type { ExecutableOperation, ExecutionText } from './executable-operation.js';
import { ExecutionState, type Step, type Variables } from './execution-state.js';
import { compileIntrospection } from './introspection.js';
import type { PlanContext } from './plan-context.js';
import { compileSteps } from './plan-steps.js';
import { Projection } from './projection/projection.js';
import { compileRootAnswer } from './root-fetch.js';

/** What an operation is compiled from. */
export interface CompilationInput extends PlanContext {
  /** Null when no subgraph is asked: introspection and `__typename` of the root only. */
  readonly plan: QueryPlan | null;
  /** The client's document, valid against `schema`. */
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  /** The public schema. */
  readonly schema: GraphQLSchema;
}

/**
 * Compiles an operation once, for any number of executions.
 * @throws DeskgraphError PLAN_FAILED when the plan names a subgraph without transport
 */
export function compileOperation(input: CompilationInput): ExecutableOperation {
  const node = input.plan?.node ?? null;
  const steps = node === null ? null : compileSteps(node, input);
  const introspect = compileIntrospection(input.schema, input.document, input.definition);
  const projection = new Projection(input.schema, input.document, input.definition);
  const acceptEvent = node === null ? null : compileEventRoot(node, input);
  return {
    async execute(variables, context) {
      const state = new ExecutionState(variables, context);
      introspect?.(state);
      if (steps !== null) await steps(state);
      return projection.write(state);
    },
    async executeEvent(root, variables, context) {
      if (acceptEvent === null || steps === null) throw new TypeError('not a subscription');
      return executeEvent(root, variables, context, acceptEvent, steps, projection);
    },
  };
}

type AcceptEvent = (state: ExecutionState, root: SubgraphResponse) => void;

async function executeEvent(
  root: SubgraphResponse,
  variables: Variables,
  context: FetchContext,
  accept: AcceptEvent,
  steps: Step,
  projection: Projection,
): Promise<ExecutionText> {
  const state = new ExecutionState(variables, context);
  accept(state, root);
  await steps(state);
  return projection.write(state);
}

function compileEventRoot(node: PlanNode, context: PlanContext): AcceptEvent | null {
  const subscription = findSubscription(node);
  return subscription === null ? null : compileRootAnswer(subscription.primary, context);
}

/** The subscription node of a plan: the plan itself, or the first of a sequence. */
export function findSubscription(node: PlanNode): SubscriptionNode | null {
  if (node.kind === 'Subscription') return node;
  const first = node.kind === 'Sequence' ? node.nodes[0] : undefined;
  return first?.kind === 'Subscription' ? first : null;
}
