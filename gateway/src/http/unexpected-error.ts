import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { ClientError } from '../execution/executable-operation.js';

/**
 * An exception as the client may see it. Ours are written for clients; of others the log gets everything and
 * the client a request id to ask about.
 */
export function clientErrorOf(error: unknown, requestId: string, log: Logger): ClientError {
  if (isDeskgraphError(error)) return { message: error.message, extensions: { code: error.code } };
  log.error({ requestId, error }, 'A request failed unexpectedly.');
  return {
    message: `Something failed that should not; the log has it under request id ${requestId}.`,
    extensions: { code: 'INTERNAL_ERROR' },
  };
}
