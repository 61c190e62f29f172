import type { Dispatcher } from 'undici';
import type { CallLimit } from './call-limit.js';
import { ExchangeError } from './exchange-error.js';

/** What came back: status and the whole body. */
export interface Answer {
  readonly status: number;
  /** The `content-encoding`, when there was one other than `identity`. */
  readonly encoding: string | null;
  readonly body: Buffer;
}

/** One POST. */
export interface Exchange {
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly maxResponseBytes: number;
}

/**
 * Sends one request and reads the whole answer. Uses undici's dispatch directly: a handler object instead of
 * streams, which is where most of a request's cost would be. undici's own timeouts are off: they restart with
 * every byte, and do not count the wait for a connection.
 * @throws ExchangeError
 */
export function exchange(dispatcher: Dispatcher, request: Exchange, limit: CallLimit): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (limit.ended !== null) return reject(limit.ended);
    dispatcher.dispatch(
      {
        path: request.path,
        method: 'POST',
        headers: request.headers as string[],
        body: request.body,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      new AnswerHandler(request.maxResponseBytes, limit, resolve, reject),
    );
  });
}

/** Collects an answer. See undici's Dispatcher.DispatchHandler. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  #status = 0;
  #encoding: string | null = null;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly limit: CallLimit,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: ExchangeError) => void,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.limit.onEnd((reason) => controller.abort(reason));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') this.#encoding = String(encoding);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size <= this.maxBytes) return;
    const reason = `it answered more than ${this.maxBytes} bytes.`;
    controller.abort(new ExchangeError('SUBGRAPH_MALFORMED_RESPONSE', reason, 'none'));
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.resolve({ status: this.#status, encoding: this.#encoding, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error instanceof ExchangeError ? error : explain(error, this.#status));
  }
}

function explain(error: Error, status: number): ExchangeError {
  const code = (error as { code?: string }).code ?? '';
  if (code === 'UND_ERR_INVALID_ARG') {
    return new ExchangeError('SUBGRAPH_UNREACHABLE', `the request cannot be sent: ${error.message}.`, 'none');
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new ExchangeError('SUBGRAPH_TIMEOUT', 'it did not take the connection in time.', 'failure');
  }
  if (status > 0) {
    const reason = `its answer broke off after the headers (${error.message}).`;
    return new ExchangeError('SUBGRAPH_MALFORMED_RESPONSE', reason, 'failure');
  }
  return new ExchangeError(
    'SUBGRAPH_UNREACHABLE',
    `it cannot be reached (${error.message || code}).`,
    'retry',
  );
}
