import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import type { FetchNode } from '../operations/planner.js';
import type { SubgraphResponse } from '../subgraphs/transport.js';
import type { ExecutionState, Step } from './execution-state.js';
import { addRootErrors } from './fetch-errors.js';
import { compileVariables } from './fetch-variables.js';
import { isJsonObject } from './json-object.js';
import { mergeInto } from './merge.js';
import { type PlanContext, prepareFetch } from './plan-context.js';
import { compileRewrites } from './rewrites.js';

/** Compiles a fetch of root fields. */
export function compileRootFetch(node: FetchNode, context: PlanContext): Step {
  const prepared = prepareFetch(context, node.serviceName, {
    text: node.operation,
    kind: node.operationKind ?? 'query',
  });
  const variablesOf = compileVariables(node.variableUsages);
  const accept = compileRootAnswer(node, context);
  return async (state) => accept(state, await prepared.send(variablesOf(state), state.context));
}

/** Compiles how the answer of a root fetch enters the state; subscriptions use it for each event. */
export function compileRootAnswer(
  node: Pick<FetchNode, 'serviceName' | 'operation' | 'outputRewrites'>,
  context: PlanContext,
): (state: ExecutionState, response: SubgraphResponse) => void {
  const rewrite = compileRewrites(node.outputRewrites, context.types);
  const rootKeys = rootResponseKeys(node.operation);
  return (state, response) => {
    if (response.errors !== undefined) addRootErrors(state, node.serviceName, response.errors, rootKeys);
    if (!isJsonObject(response.data)) return;
    rewrite(response.data);
    mergeInto(state.data, response.data);
  };
}

/** Response keys of an operation's root fields; those in fragments belong to errors of their own paths. */
function rootResponseKeys(operation: string): string[] {
  const definition = parse(operation, { noLocation: true }).definitions.find(
    (candidate): candidate is OperationDefinitionNode => candidate.kind === Kind.OPERATION_DEFINITION,
  );
  return (definition?.selectionSet.selections ?? []).flatMap((selection) =>
    selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
  );
}
