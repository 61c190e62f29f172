import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { ClientError } from '../../execution/executable-operation.js';
import type { GatewayCore, OperationOutcome } from '../../gateway-core.js';
import { clientErrorOf } from '../unexpected-error.js';
import { CarriedError } from './carried-error.js';
import type { Exchange, ExchangeContext } from './exchange.js';
import { RawJson } from './raw-json.js';

type ApolloGateway = ApolloServerOptionsWithGateway<ExchangeContext>['gateway'];
type ApolloExecutor = NonNullable<Awaited<ReturnType<ApolloGateway['load']>>['executor']>;

const subscriptionRefused: ClientError = {
  message:
    'Subscriptions do not run over plain HTTP. Use WebSocket (graphql-transport-ws), or accept text/event-stream.',
  extensions: { code: 'SUBSCRIPTION_UNSUPPORTED' },
};

/**
 * The gateway as Apollo Server knows one. Apollo Server keeps the executor it gets at start for ever, so this
 * one asks the core at each request, which runs it on the generation that is current then.
 */
export function asApolloGateway(core: GatewayCore, log: Logger): ApolloGateway {
  return {
    onSchemaLoadOrUpdate: (callback) =>
      core.onGeneration((apiSchema, coreSupergraphSdl) => callback({ apiSchema, coreSupergraphSdl })),
    load: async () => ({ executor: executorOf(core, log) }),
    stop: async () => undefined,
  };
}

function executorOf(core: GatewayCore, log: Logger): ApolloExecutor {
  return async ({ request, context, operation }) => {
    const { exchange } = context as ExchangeContext;
    exchange.kind = operation?.operation ?? 'unknown';
    if (exchange.kind === 'subscription') return refused(exchange, [subscriptionRefused]);
    const { query = '', operationName = null, variables = null } = request;
    try {
      return toResult(exchange, await core.run({ query, operationName, variables }, exchange.caller));
    } catch (error) {
      return refused(exchange, [clientErrorOf(error, exchange.caller.requestId, log)]);
    }
  };
}

function toResult(exchange: Exchange, outcome: OperationOutcome): ExecutionResult {
  switch (outcome.kind) {
    case 'refused':
      return refused(exchange, outcome.errors);
    case 'result':
      return carried(exchange, outcome.result.data, outcome.result.errors);
    case 'stream':
      void outcome.results.return?.();
      return refused(exchange, [subscriptionRefused]);
  }
}

function carried(exchange: Exchange, data: string, errors: readonly ClientError[] | undefined) {
  const result = { data: new RawJson(data) } as unknown as ExecutionResult;
  exchange.code = errors === undefined ? 'OK' : 'PARTIAL';
  return errors === undefined
    ? result
    : { ...result, errors: errors.map((error) => new CarriedError(error)) };
}

function refused(exchange: Exchange, errors: readonly ClientError[]): ExecutionResult {
  exchange.code = errors[0]?.extensions.code ?? 'INTERNAL_ERROR';
  return { errors: errors.map((error) => new CarriedError(error)) };
}

/** Apollo Server's own errors, with codes of our catalogue. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (error instanceof CarriedError) return error.carried as GraphQLFormattedError;
  const { code, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions: { ...extensions, code: catalogueCode(code, httpStatus(error)) } };
}

function catalogueCode(code: unknown, status: number | undefined): unknown {
  if (status === 405) return 'METHOD_NOT_ALLOWED';
  return code === 'INTERNAL_SERVER_ERROR' ? 'INTERNAL_ERROR' : code;
}

function httpStatus(error: unknown): number | undefined {
  const http = (error as { extensions?: { http?: { status?: number } } }).extensions?.http;
  return http?.status;
}
