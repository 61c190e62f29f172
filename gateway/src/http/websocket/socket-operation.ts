import type { ClientError } from '../../execution/executable-operation.js';
import { sharedResultText } from '../result-text.js';
import { OperationRun, type OperationRunOptions } from '../streaming/operation-run.js';
import type { Connection } from './connection.js';

/** Thrown through graphql-ws, whose `onError` hook sends the errors in an `error` message. */
export class OperationFailed extends Error {
  constructor(readonly errors: readonly ClientError[]) {
    super('The operation ended with errors.');
  }
}

/**
 * An operation as graphql-ws drives it: an iterable that yields nothing. Its `next` messages are written here,
 * because their payload is text already, which graphql-ws would have to get parsed. graphql-ws keeps the
 * protocol: identities, `complete`, `error`, and `return()` when the client completes or goes.
 */
export class SocketOperation implements AsyncIterableIterator<never, undefined> {
  readonly #connection: Connection;
  readonly #run: OperationRun;

  constructor(
    connection: Connection,
    id: string,
    options: Omit<OperationRunOptions, 'deliver' | 'caughtUp' | 'transport'>,
  ) {
    const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.#connection = connection;
    this.#run = new OperationRun({
      ...options,
      transport: 'websocket',
      deliver: (result) => connection.send(`${prefix}${sharedResultText(result)}}`),
      caughtUp: () => connection.caughtUp(),
    });
    connection.opened(this.#run);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Runs the whole operation. Rejects with OperationFailed when it was refused or failed. Never settles for a stream
   * that ends because the server stops: `complete` would tell the client not to resume it.
   */
  async next(): Promise<IteratorReturnResult<undefined>> {
    const end = await this.#run.run();
    this.#connection.ended(this.#run);
    if (end.kind === 'failed') throw new OperationFailed(end.errors);
    if (end.kind === 'stopped' && this.#connection.isDraining) return new Promise(() => {});
    return { done: true, value: undefined };
  }

  /**
   * Stops the operation. `next` settles now and not when the gateway has: until then graphql-ws takes the
   * identity for used, and would complete a new operation of the same identity in the old one's place.
   */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#run.stop();
    this.#connection.ended(this.#run);
    return { done: true, value: undefined };
  }
}
