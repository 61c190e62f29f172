import type { EventEmitter } from 'node:events';
import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  printSchema,
  subscribe,
  validate,
} from 'graphql';
import type { ClientError, ExecutionText } from '../../../src/execution/executable-operation.js';
import type {
  CallerContext,
  GatewayCore,
  OperationOutcome,
  OperationRequest,
} from '../../../src/gateway-core.js';

/**
 * A gateway of one schema, run by graphql-js: the transports are tested against it, apart from federation. Emits
 * `run`, `stream` when a subscription is open and `unsubscribed` when it is gone; each with the caller.
 */
export function graphqlJsCore(schema: GraphQLSchema, events: EventEmitter): GatewayCore {
  const run = async (request: OperationRequest, caller: CallerContext): Promise<OperationOutcome> => {
    events.emit('run', caller, request);
    let document: ReturnType<typeof parse>;
    try {
      document = parse(request.query);
    } catch (error) {
      return refused('GRAPHQL_PARSE_FAILED', [error as GraphQLError]);
    }
    const invalid = validate(schema, document);
    if (invalid.length > 0) return refused('GRAPHQL_VALIDATION_FAILED', invalid);
    const operation = getOperationAST(document, request.operationName);
    if (!operation) {
      return refused('OPERATION_RESOLUTION_FAILURE', [
        new GraphQLError(`no operation "${request.operationName}"`),
      ]);
    }
    const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
    if (variables.errors) return refused('BAD_USER_INPUT', variables.errors);
    const { operationName, variables: variableValues } = request;
    const args = { schema, document, operationName, variableValues, contextValue: caller };
    if (operation.operation !== 'subscription')
      return { kind: 'result', result: textOf(await execute(args)) };
    const stream = await subscribe(args);
    if (!(Symbol.asyncIterator in stream)) return refused('SUBSCRIPTION_SOURCE_FAILED', stream.errors ?? []);
    events.emit('stream', caller, request);
    return { kind: 'stream', results: resultsOf(stream, () => events.emit('unsubscribed', caller, request)) };
  };
  return {
    run,
    publicSchema: schema,
    supergraphSdl: printSchema(schema),
    onGeneration: (listener) => {
      listener(schema, printSchema(schema));
      return () => undefined;
    },
  };
}

/** Not a generator: a generator that waits cannot be ended from outside. */
function resultsOf(
  source: AsyncGenerator<ExecutionResult, void, void>,
  onEnd: () => void,
): AsyncIterableIterator<ExecutionText> {
  let open = true;
  const end = () => {
    if (open) onEnd();
    open = false;
    return { done: true as const, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      try {
        const { done, value } = await source.next();
        return done ? end() : { done: false, value: textOf(value as ExecutionResult) };
      } catch (error) {
        end();
        throw error;
      }
    },
    return: async () => {
      void source.return();
      return end();
    },
  };
}

function refused(code: string, errors: readonly GraphQLError[]): OperationOutcome {
  return { kind: 'refused', errors: errors.map((error) => clientError(error, code)) };
}

function textOf(result: ExecutionResult): ExecutionText {
  const data = JSON.stringify(result.data ?? null);
  return result.errors === undefined
    ? { data }
    : { data, errors: result.errors.map((error) => clientError(error, 'SUBGRAPH_ERROR')) };
}

function clientError(error: GraphQLError, code: string): ClientError {
  const { message, locations, path } = error;
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code } };
}
