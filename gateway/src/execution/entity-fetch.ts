import type { BatchFetchNode, EntityAlias, FetchNode, PlanPath } from '../operations/planner.js';
import type { SubgraphResponse } from '../subgraphs/transport.js';
import { compileEntityPath, type EntityPath } from './entity-path.js';
import type { ExecutionState, Step } from './execution-state.js';
import { addEntityErrors } from './fetch-errors.js';
import { compileVariables, type RepresentationBatch } from './fetch-variables.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import { cloneJson, mergeInto } from './merge.js';
import { type PlanContext, prepareFetch } from './plan-context.js';
import { compileRepresentations } from './representation.js';
import type { RepresentationSet } from './representation-set.js';
import { type ApplyRewrites, compileRewrites } from './rewrites.js';
import type { TypeIndex } from './type-index.js';

/** One `_entities` field of a fetch, compiled. */
interface EntityCall {
  readonly responseKey: string;
  readonly variableName: string;
  readonly paths: readonly EntityPath[];
  readonly representations: () => RepresentationSet;
  readonly rewrite: ApplyRewrites;
  /** Asked by an interface, so that a subgraph with an `@interfaceObject` answers with the interface's name. */
  readonly answersAbstract: boolean;
  readonly types: TypeIndex;
}

/** The entities of one call in one execution, and which representation stands for each. */
interface GatheredEntities extends RepresentationBatch {
  readonly call: EntityCall;
  readonly entities: readonly JsonObject[];
  /** For each entity: index of its representation. */
  readonly representationOf: readonly number[];
  /** For each path of the call: index of its first entity. */
  readonly pathStarts: readonly number[];
}

/** Compiles a `Flatten(Fetch)`: one `_entities` call for the entities at one path. */
export function compileFlattenedFetch(path: PlanPath, node: FetchNode, context: PlanContext): Step {
  const call = compileCall(
    {
      alias: '_entities',
      representationsVariableName: 'representations',
      paths: [path],
      requires: node.requires ?? [],
      inputRewrites: node.inputRewrites,
      outputRewrites: node.outputRewrites,
    },
    node.serviceName,
    context,
  );
  return compileEntityFetch(node, [call], context);
}

/** Compiles a `BatchFetch`: several `_entities` calls in one request. */
export function compileBatchFetch(node: BatchFetchNode, context: PlanContext): Step {
  const calls = node.entityBatch.aliases.map((alias) => compileCall(alias, node.serviceName, context));
  return compileEntityFetch(node, calls, context);
}

function compileCall(alias: EntityAlias, serviceName: string, context: PlanContext): EntityCall {
  return {
    responseKey: alias.alias,
    variableName: alias.representationsVariableName,
    paths: alias.paths.map((path) => compileEntityPath(path, context.types)),
    representations: compileRepresentations(alias, serviceName, context.types),
    rewrite: compileRewrites(alias.outputRewrites, context.types),
    types: context.types,
    answersAbstract: answersAbstract(alias, context.types),
  };
}

function answersAbstract({ requires, inputRewrites }: EntityAlias, types: TypeIndex): boolean {
  const asksAbstract = (requirement: EntityAlias['requires'][number]) =>
    requirement.kind === 'InlineFragment' && types.isAbstract(requirement.typeCondition);
  return requires.some(asksAbstract) || (inputRewrites ?? []).some((rewrite) => 'ValueSetter' in rewrite);
}

function compileEntityFetch(
  node: Pick<FetchNode, 'serviceName' | 'operation' | 'variableUsages'>,
  calls: readonly EntityCall[],
  context: PlanContext,
): Step {
  const prepared = prepareFetch(context, node.serviceName, { text: node.operation, kind: 'query' });
  const variablesOf = compileVariables(node.variableUsages);
  return (state) => {
    const gathered = calls.map((call) => gather(call, state));
    if (gathered.every((batch) => batch.representations.json.length === 0)) return undefined;
    return prepared
      .send(variablesOf(state, gathered), state.context)
      .then((response) => accept(state, node.serviceName, gathered, response));
  };
}

/** Collects the entities at the call's paths; equal representations are sent once. */
function gather(call: EntityCall, state: ExecutionState): GatheredEntities {
  const representations = call.representations();
  const found: JsonObject[] = [];
  const entities: JsonObject[] = [];
  const representationOf: number[] = [];
  const pathStarts: number[] = [];
  for (const path of call.paths) {
    pathStarts.push(entities.length);
    found.length = 0;
    path.collect(state.data, found, state.shared.size > 0);
    for (const entity of found) {
      const index = representations.add(entity);
      if (index < 0) continue;
      entities.push(entity);
      representationOf.push(index);
    }
  }
  return { call, variableName: call.variableName, representations, entities, representationOf, pathStarts };
}

function accept(
  state: ExecutionState,
  serviceName: string,
  gathered: readonly GatheredEntities[],
  response: SubgraphResponse,
): void {
  for (const batch of gathered) place(batch, response.data?.[batch.call.responseKey], state);
  if (response.errors === undefined) return;
  addEntityErrors(
    state,
    serviceName,
    response.errors,
    gathered.map((batch) => ({
      responseKey: batch.call.responseKey,
      count: batch.representations.json.length,
      locate: (index) => locate(batch, index, state),
    })),
  );
}

/**
 * Merges each answered entity into all places it stands for. Places of one path share the answer's objects:
 * the same fields will be asked of them. Places of another path get a copy, since later fetches may ask other
 * arguments of them under the same response keys.
 */
function place(batch: GatheredEntities, answered: unknown, state: ExecutionState): void {
  if (!Array.isArray(answered)) return;
  batch.call.rewrite(answered);
  const shares = batch.entities.length > batch.representations.json.length;
  batch.pathStarts.forEach((start, pathIndex) => {
    const answers = pathIndex === 0 ? answered : cloneJson(answered);
    const end = batch.pathStarts[pathIndex + 1] ?? batch.entities.length;
    for (let index = start; index < end; index++) {
      const answer = answers[batch.representationOf[index] as number];
      if (!isJsonObject(answer)) continue;
      if (batch.call.answersAbstract) forgetInterfaceName(answer, batch.call.types);
      mergeInto(batch.entities[index] as JsonObject, answer);
      if (shares) markShared(answer, state);
    }
  });
}

/** Whether it says Book or only Media depends on who was asked last; what is known stays. */
function forgetInterfaceName(answer: JsonObject, types: TypeIndex): void {
  if (types.isAbstract(String(answer.__typename))) delete answer.__typename;
}

function markShared(answer: JsonObject, state: ExecutionState): void {
  for (const key in answer) {
    const value = answer[key];
    if (typeof value === 'object' && value !== null) state.shared.add(value);
  }
}

function locate(batch: GatheredEntities, representationIndex: number, state: ExecutionState) {
  const wanted = batch.entities.filter((_, index) => batch.representationOf[index] === representationIndex);
  return wanted.flatMap((entity) => batch.call.paths.flatMap((path) => path.locate(state.data, entity)));
}
