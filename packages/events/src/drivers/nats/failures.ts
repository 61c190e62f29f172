import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { JetStreamApiError } from '@nats-io/jetstream';

/** Codes of the JetStream API that are expected (https://github.com/nats-io/nats-server, server/errors.json). */
export const apiCodes = {
  streamNotFound: 10059,
  messageNotFound: 10037,
  wrongLastSequence: 10071,
} as const;

/** The code of the server's answer, on an error or on its cause. */
export function apiCodeOf(error: unknown): number | undefined {
  if (error instanceof JetStreamApiError) return error.code;
  return error instanceof Error && error.cause !== undefined ? apiCodeOf(error.cause) : undefined;
}

/** Whether nobody on the server answers for a stream: there is none, or JetStream is off or not ready. */
export function isMissing(error: unknown): boolean {
  return apiCodeOf(error) === apiCodes.streamNotFound || nameOf(error) === 'JetStreamNotEnabled';
}

/** @returns EVENT_BUS_UNAVAILABLE, or the error itself where it has a code */
export function unavailable(cause: unknown): DeskgraphError {
  if (isDeskgraphError(cause)) return cause as DeskgraphError;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const remedy = nameOf(cause) === 'JetStreamNotEnabled' ? ' Start nats-server with -js.' : '';
  return new DeskgraphError(
    'EVENT_BUS_UNAVAILABLE',
    `The NATS server does not do what the event bus needs: ${reason}.${remedy}`,
    { cause },
  );
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');
