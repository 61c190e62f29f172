import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError, parse } from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { GatewayCore, OperationRequest } from '../../gateway-core.js';
import type { Authenticator } from '../../identity/authenticator.js';
import type { Metrics } from '../../metrics/metrics.js';
import { Caller } from '../request/caller.js';
import type { Connection } from './connection.js';
import { OperationFailed, SocketOperation } from './socket-operation.js';

export interface ProtocolOptions {
  readonly core: GatewayCore;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly connectionInitMs: number;
  readonly maxOperationsPerSocket: number;
}

interface OperationContext {
  readonly connection: Connection;
  readonly id: string;
  readonly request: OperationRequest;
}

/**
 * graphql-ws wants to know whether it executes or subscribes before it does. Here both are one call of the
 * gateway, which parses; so every operation is presented as this one.
 */
const anyOperation = parse('{ __typename }');

/** graphql-transport-ws by graphql-ws, with the gateway behind it. */
export function createProtocol(options: ProtocolOptions): Server<Connection> {
  return makeServer<Record<string, unknown> | undefined, Connection>({
    connectionInitWaitTimeout: options.connectionInitMs,
    onConnect: (context) => authenticate(options.authenticator, context),
    onSubscribe: ({ extra }, id, payload) => admit(options, extra, id, payload),
    execute: (args) => run(options, args.contextValue as OperationContext),
    onError: (_context, _id, _payload, errors) => clientErrors(errors),
  });
}

/** False closes with 4403. */
async function authenticate(
  authenticator: Authenticator,
  { connectionParams, extra }: Context<Record<string, unknown> | undefined, Connection>,
): Promise<boolean> {
  const given = connectionParams?.authorization ?? connectionParams?.Authorization;
  const authorization = given ?? extra.options.authorization;
  if (authorization !== undefined && typeof authorization !== 'string') return false;
  try {
    extra.principal = await authenticator.authenticate({ authorization });
    return true;
  } catch (error) {
    if (isDeskgraphError(error, 'UNAUTHENTICATED')) return false;
    throw error;
  }
}

function admit(
  { core, maxOperationsPerSocket }: ProtocolOptions,
  connection: Connection,
  id: string,
  { query, operationName = null, variables = null, extensions }: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  if (connection.openOperations >= maxOperationsPerSocket) {
    const message = `The connection runs ${maxOperationsPerSocket} operations, which is as many as it may.`;
    return [new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS' } })];
  }
  const after = extensions?.after ?? undefined;
  if (after !== undefined && typeof after !== 'string') {
    const message = 'extensions.after must be a string: a position, or "now".';
    return [new GraphQLError(message, { extensions: { code: 'POSITION_INVALID' } })];
  }
  const request = { query, operationName, variables, ...(after === undefined ? {} : { after }) };
  const contextValue: OperationContext = { connection, id, request };
  return { schema: core.publicSchema, document: anyOperation, contextValue };
}

function run({ core, metrics, log }: ProtocolOptions, context: OperationContext): SocketOperation {
  const { connection, id, request } = context;
  const caller = new Caller(
    connection.nextOperationId(),
    connection.principal,
    connection.options.traceparent,
  );
  return new SocketOperation(connection, id, { core, metrics, log, request, caller });
}

function clientErrors(errors: readonly GraphQLError[]): readonly GraphQLFormattedError[] | undefined {
  const failed = errors[0]?.originalError;
  return failed instanceof OperationFailed ? (failed.errors as readonly GraphQLFormattedError[]) : undefined;
}
