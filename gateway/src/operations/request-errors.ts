import type { ErrorCode } from '@deskgraph/plugin-sdk';
import type { GraphQLError } from 'graphql';
import type { ClientError } from '../execution/executable-operation.js';

/** A graphql-js error as the client sees it, with a code of the catalogue. */
export function requestError(error: GraphQLError, code: ErrorCode): ClientError {
  return {
    message: error.message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    extensions: { code },
  };
}
