import type { ServerResponse } from 'node:http';

/** The events of one response (WHATWG HTML, "Server-sent events"; graphql-sse PROTOCOL.md, "Event stream"). */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #maxBufferedBytes: number;
  readonly #onOverflow: () => void;

  /** @param onOverflow  called once when the client does not read; the connection is gone by then */
  constructor(response: ServerResponse, maxBufferedBytes: number, onOverflow: () => void) {
    this.#response = response;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#onOverflow = onOverflow;
  }

  /** Sends the headers at once, so that the client knows it is subscribed before anything happens. */
  open(requestId: string): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // Ending the stream ends the connection, also when the server stops.
      connection: 'close',
      // Reverse proxies of the nginx family hold back what they buffer.
      'x-accel-buffering': 'no',
      'x-request-id': requestId,
    });
    this.#response.flushHeaders();
    this.comment();
  }

  /**
   * @param id  what a browser sends as Last-Event-ID when it reconnects
   * @returns false when the client is gone
   */
  next(text: string, id?: string): boolean {
    // One `data` line for each line of the text; JSON without white space has one.
    const data = /[\r\n]/.test(text) ? text.replace(/\r\n|\r|\n/g, '\ndata: ') : text;
    return this.#write(`${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${data}\n\n`);
  }

  /** Gives an id without an event: where a stream begins. @returns false when the client is gone */
  start(id: string): boolean {
    return this.#write(`id: ${id}\n\n`);
  }

  /** Tells when to come back. */
  retry(afterMs: number): void {
    this.#write(`retry: ${afterMs}\n\n`);
  }

  /** Resolves when the client has read what was sent, or is gone. */
  async caughtUp(): Promise<void> {
    const response = this.#response;
    if (response.writableLength <= this.#maxBufferedBytes / 2 || response.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
    });
  }

  /** The operation is done. The empty data makes browsers' `EventSource` dispatch the event. */
  complete(): void {
    if (this.#write('event: complete\ndata: \n\n')) this.#response.end();
  }

  /** Keeps the connection from looking idle. */
  comment(): void {
    this.#write(':\n\n');
  }

  /** Ends without `complete`: the client should subscribe again. */
  end(): void {
    if (!this.#response.destroyed) this.#response.end();
  }

  #write(text: string): boolean {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return false;
    if (response.writableLength > this.#maxBufferedBytes) {
      response.destroy();
      this.#onOverflow();
      return false;
    }
    response.write(text);
    return true;
  }
}
