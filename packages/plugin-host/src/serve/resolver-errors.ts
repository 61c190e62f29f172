import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { GraphQLError } from 'graphql';

/**
 * What a client may know of a resolver's error: a DeskgraphError's and a GraphQLError's message and code;
 * anything else is masked, with the request id to find it by in the log.
 */
export function publicError(
  error: GraphQLError,
  pluginId: string,
  requestId: string,
  log: Logger,
): GraphQLError {
  const original = error.originalError;
  if (isDeskgraphError(original)) return withExtensions(error, original.message, { code: original.code });
  if (!original || original instanceof GraphQLError) {
    const code = error.extensions.code ?? 'INTERNAL_ERROR';
    return withExtensions(error, error.message, { ...error.extensions, code });
  }
  log.error(
    { error: original, plugin: pluginId, phase: 'serve', requestId, path: error.path },
    'a resolver threw',
  );
  return withExtensions(error, `Plugin ${pluginId} failed; see request ${requestId} in the log.`, {
    code: 'INTERNAL_ERROR',
  });
}

function withExtensions(
  error: GraphQLError,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLError {
  const { nodes, path } = error;
  return new GraphQLError(message, {
    ...(nodes === undefined ? {} : { nodes }),
    ...(path === undefined ? {} : { path }),
    extensions,
  });
}
