/** Bounds on what one client can make the server hold. */
export interface HttpLimits {
  /** Bytes of a request body. Default 1 MiB. Over it: BODY_TOO_LARGE. */
  readonly maxBodyBytes: number;
  /** Milliseconds for a whole request to arrive. Default 10 000. Over it: REQUEST_TIMEOUT. */
  readonly requestDeadlineMs: number;
  /** Milliseconds that requests in flight get to finish when the server stops. Default 8 000. */
  readonly drainMs: number;
  /** Bytes that wait to be sent on one WebSocket or event stream. Default 1 MiB. Over it: disconnected. */
  readonly maxBufferedBytes: number;
  /** Bytes of one WebSocket message. Default 1 MiB. Over it: closed with 1009. */
  readonly maxMessageBytes: number;
  /** Operations at a time on one WebSocket. Default 200. Over it: TOO_MANY_OPERATIONS for the operation. */
  readonly maxOperationsPerSocket: number;
  /** Milliseconds a WebSocket has to send `connection_init`. Default 3 000. Over it: closed with 4408. */
  readonly connectionInitMs: number;
  /** Milliseconds between pings and event stream comments. Default 12 000. No pong until the next: dropped. */
  readonly keepAliveMs: number;
}

/** The limits when nothing else is said. */
export const defaultLimits: HttpLimits = {
  maxBodyBytes: 1024 * 1024,
  requestDeadlineMs: 10_000,
  drainMs: 8_000,
  maxBufferedBytes: 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  maxOperationsPerSocket: 200,
  connectionInitMs: 3_000,
  keepAliveMs: 12_000,
};
