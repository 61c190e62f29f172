import type { Principal } from '@deskgraph/plugin-sdk';
import { CloseCode } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { OperationRun } from '../streaming/operation-run.js';
import { reconnectAfterMs } from '../streaming/reconnect-advice.js';

/** RFC 6455, section 7.4.1: the server is going away. */
const goingAway = 1001;
/** IANA WebSocket close codes: try again later. What a client gets that does not read. */
const tryAgainLater = 1013;
/** A close frame's payload is at most 125 bytes, two of which are the code (RFC 6455, section 5.5). */
const maxReasonBytes = 123;

/** How often to look whether a client has read, which a WebSocket does not tell. */
const bufferCheckMs = 10;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  /** Names the connection in logs, and its operations with a number behind it. */
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** The `Authorization` header of the upgrade request. */
  readonly authorization: string | undefined;
  readonly maxBufferedBytes: number;
  /** Called once when the client does not read; the connection is closing by then. */
  readonly onSlowConsumer: () => void;
}

/** One client's WebSocket: everything that is sent goes through here, within a bound. */
export class Connection {
  readonly options: ConnectionOptions;
  /** Who it is; known after `connection_init`. */
  principal: Principal | null = null;
  readonly #runs = new Set<OperationRun>();
  #operations = 0;
  #alive = true;
  #draining = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
    options.socket.on('pong', () => {
      this.#alive = true;
    });
  }

  get isOpen(): boolean {
    return this.options.socket.readyState === WebSocket.OPEN;
  }

  /** Operations that have not ended. */
  get openOperations(): number {
    return this.#runs.size;
  }

  /** Ends as soon as what was asked is answered. */
  get isDraining(): boolean {
    return this.#draining;
  }

  nextOperationId(): string {
    this.#operations++;
    return `${this.options.requestId}.${this.#operations}`;
  }

  opened(run: OperationRun): void {
    this.#runs.add(run);
  }

  ended(run: OperationRun): void {
    this.#runs.delete(run);
    // Behind the `complete` that graphql-ws still sends: an answer without it would be asked for again.
    if (this.#draining) setImmediate(() => this.#closeWhenAnswered());
  }

  /** @returns false when the client cannot be reached any more */
  send(text: string): boolean {
    const { socket, maxBufferedBytes } = this.options;
    if (!this.isOpen) return false;
    if (socket.bufferedAmount > maxBufferedBytes) {
      this.#dropSlowConsumer();
      return false;
    }
    socket.send(text);
    return true;
  }

  /** Resolves when the client has read most of what was sent, or is gone. */
  async caughtUp(): Promise<void> {
    const { socket, maxBufferedBytes } = this.options;
    while (this.isOpen && socket.bufferedAmount > maxBufferedBytes / 2) {
      await new Promise((resolve) => setTimeout(resolve, bufferCheckMs));
    }
  }

  /** Closes with a code; a reason that does not fit a close frame is cut. */
  close(code: number = CloseCode.InternalServerError, reason = ''): void {
    const bytes = Buffer.from(reason);
    // A multi-byte character that is cut in two decodes to a replacement character, which is then left out.
    const cut = bytes.subarray(0, maxReasonBytes).toString().replace(/�$/, '');
    this.options.socket.close(code, bytes.length > maxReasonBytes ? cut : reason);
  }

  /** Pings; drops a client that has not answered the ping before. */
  keepAlive(): void {
    const { socket } = this.options;
    if (!this.#alive) {
      socket.terminate();
      return;
    }
    this.#alive = false;
    if (this.isOpen) socket.ping();
  }

  /** Ends streams, lets operations be answered that are not yet, then closes with 1001. */
  drain(): void {
    this.#draining = true;
    for (const run of this.#runs) run.drain();
    this.#closeWhenAnswered();
  }

  terminate(): void {
    this.options.socket.terminate();
  }

  #closeWhenAnswered(): void {
    for (const run of this.#runs) if (run.waiting) return;
    this.close(goingAway, `reconnect-after-ms=${reconnectAfterMs()}`);
  }

  #dropSlowConsumer(): void {
    this.close(tryAgainLater, 'Slow consumer');
    this.options.onSlowConsumer();
    for (const run of this.#runs) run.stop('SLOW_CONSUMER');
  }
}
