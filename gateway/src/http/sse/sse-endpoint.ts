import type { ServerResponse } from 'node:http';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { GatewayCore, OperationRequest } from '../../gateway-core.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { HttpLimits } from '../limits.js';
import type { Caller } from '../request/caller.js';
import { errorsText, sharedResultText } from '../result-text.js';
import { OperationRun } from '../streaming/operation-run.js';
import { EventStream } from './event-stream.js';

export interface SseEndpointOptions {
  readonly core: GatewayCore;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly limits: HttpLimits;
}

interface OpenStream {
  readonly stream: EventStream;
  readonly run: OperationRun;
}

/**
 * Event streams, in the distinct connections mode of graphql-sse's PROTOCOL.md: one request, one operation, one
 * response of `next` events and a `complete`. Ending the connection unsubscribes.
 */
export class SseEndpoint {
  readonly #options: SseEndpointOptions;
  readonly #open = new Set<OpenStream>();
  readonly #keepAlive: NodeJS.Timeout;

  constructor(options: SseEndpointOptions) {
    this.#options = options;
    this.#keepAlive = setInterval(() => {
      for (const { stream } of this.#open) stream.comment();
    }, options.limits.keepAliveMs).unref();
  }

  /** Streams the operation's results. Resolves when the response is ended or the client is gone. */
  async serve(request: OperationRequest, caller: Caller, response: ServerResponse): Promise<void> {
    const { core, metrics, log, limits } = this.#options;
    const stream = new EventStream(response, limits.maxBufferedBytes, () => {
      metrics.slowConsumer('sse');
      log.warn({ requestId: caller.requestId }, 'An event stream was closed: its client does not read.');
      run.stop('SLOW_CONSUMER');
    });
    const run = new OperationRun({
      core,
      metrics,
      log,
      transport: 'sse',
      request,
      caller,
      deliver: (result) => stream.next(sharedResultText(result)),
    });
    const open = { stream, run };
    this.#open.add(open);
    response.once('close', () => {
      this.#open.delete(open);
      run.stop();
    });
    stream.open(caller.requestId);
    const end = await run.run();
    if (end.kind === 'stopped') return stream.end();
    // What is wrong with an operation is told in the stream (PROTOCOL.md, "Distinct connections mode", 2).
    if (end.kind === 'failed') stream.next(errorsText(end.errors));
    stream.complete();
  }

  /** Ends streams; operations that have not answered yet may finish. */
  drain(): void {
    clearInterval(this.#keepAlive);
    for (const { run } of this.#open) run.drain();
  }
}
