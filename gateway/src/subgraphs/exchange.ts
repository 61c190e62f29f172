import type { Dispatcher } from 'undici';

/** What came back: status and the whole body. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Why nothing usable came back. */
export class ExchangeError extends Error {
  constructor(
    readonly code: 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_UNREACHABLE' | 'SUBGRAPH_MALFORMED_RESPONSE',
    message: string,
    /** True when the connection failed before a byte of the answer came, so that a query may be sent again. */
    readonly unanswered: boolean,
  ) {
    super(message);
  }
}

/** One POST with limits. */
export interface Exchange {
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/**
 * Sends one request and reads the whole answer. Uses undici's dispatch directly: a handler object instead of
 * streams, which is where most of a request's cost would be.
 * @throws ExchangeError
 */
export function exchange(dispatcher: Dispatcher, request: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(
      {
        path: request.path,
        method: 'POST',
        headers: request.headers as string[],
        body: request.body,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
      },
      new AnswerHandler(request.maxResponseBytes, resolve, reject),
    );
  });
}

/** Collects an answer. See undici's Dispatcher.DispatchHandler. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  #status = 0;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: ExchangeError) => void,
  ) {}

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size <= this.maxBytes) return;
    controller.abort(
      new ExchangeError(
        'SUBGRAPH_MALFORMED_RESPONSE',
        `it answered more than ${this.maxBytes} bytes.`,
        false,
      ),
    );
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.resolve({ status: this.#status, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error instanceof ExchangeError ? error : explain(error, this.#status));
  }
}

function explain(error: Error, status: number): ExchangeError {
  const code = (error as { code?: string }).code ?? '';
  if (/TIMEOUT/.test(code)) {
    return new ExchangeError('SUBGRAPH_TIMEOUT', `it did not answer in time (${code}).`, false);
  }
  if (status > 0) {
    return new ExchangeError(
      'SUBGRAPH_MALFORMED_RESPONSE',
      `its answer broke off after the headers (${error.message}).`,
      false,
    );
  }
  return new ExchangeError('SUBGRAPH_UNREACHABLE', `it cannot be reached (${error.message || code}).`, true);
}
