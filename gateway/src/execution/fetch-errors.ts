import type { SubgraphError } from '../subgraphs/transport.js';
import type { ClientError } from './executable-operation.js';
import type { ExecutionState, ResponsePath } from './execution-state.js';

/** A fetch that fails as a whole names at most this many of the places it leaves without data. */
const maxPlacesPerError = 100;

/** The subgraph's error as the client sees it: same message, code and extensions, the client's path. */
export function toClientError(
  error: SubgraphError,
  serviceName: string,
  path: ResponsePath | undefined,
): ClientError {
  const code = typeof error.extensions?.code === 'string' ? error.extensions.code : 'SUBGRAPH_ERROR';
  return {
    message: error.message,
    ...(path === undefined ? {} : { path }),
    extensions: { ...error.extensions, code, serviceName },
  };
}

/**
 * Adds the errors of a root fetch. Their paths are the client's already; one without a path belongs to every
 * root field of the fetch.
 */
export function addRootErrors(
  state: ExecutionState,
  serviceName: string,
  errors: readonly SubgraphError[],
  rootKeys: readonly string[],
): void {
  for (const error of errors) {
    const paths = error.path?.length ? [error.path] : rootKeys.map((key) => [key]);
    for (const path of paths) state.errors.push(toClientError(error, serviceName, path));
  }
}

/** How an `_entities` call's answer lies in the response. */
export interface EntityPlaces {
  /** Response key of the call: `_entities`, or its alias in a batch. */
  readonly responseKey: string;
  /** Places of the entity that the representation at this index stands for. */
  locate(representationIndex: number): readonly ResponsePath[];
  /** How many representations were sent. */
  readonly count: number;
}

/** Adds the errors of an `_entities` fetch at the places of the entities they are about. */
export function addEntityErrors(
  state: ExecutionState,
  serviceName: string,
  errors: readonly SubgraphError[],
  calls: readonly EntityPlaces[],
): void {
  for (const error of errors) {
    const [responseKey, index, ...rest] = error.path ?? [];
    const call = calls.find((candidate) => candidate.responseKey === responseKey);
    const places =
      call !== undefined && typeof index === 'number'
        ? call.locate(index).map((place) => [...place, ...rest])
        : allPlaces(call === undefined ? calls : [call]);
    for (const path of places) state.errors.push(toClientError(error, serviceName, path));
    if (places.length === 0) state.errors.push(toClientError(error, serviceName, undefined));
  }
}

function allPlaces(calls: readonly EntityPlaces[]): ResponsePath[] {
  const places: ResponsePath[] = [];
  for (const call of calls) {
    for (let index = 0; index < call.count && places.length < maxPlacesPerError; index++) {
      places.push(...call.locate(index));
    }
  }
  return places.slice(0, maxPlacesPerError);
}
