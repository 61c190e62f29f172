import type { ServerResponse } from 'node:http';
import { formatPosition } from '@deskgraph/events';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { ExecutionText } from '../../execution/executable-operation.js';
import type { GatewayCore, OperationRequest } from '../../gateway-core.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { HttpLimits } from '../limits.js';
import type { Caller } from '../request/caller.js';
import { errorsText, sharedResultText } from '../result-text.js';
import { OperationRun } from '../streaming/operation-run.js';
import { reconnectAfterMs } from '../streaming/reconnect-advice.js';
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
 * response of `next` events and a `complete`. Ending the connection unsubscribes. Positions are the events' ids.
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
      request: { ...request, tellStart: true },
      caller,
      deliver: (result) => deliver(stream, result),
      caughtUp: () => stream.caughtUp(),
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
    for (const { run, stream } of this.#open) {
      if (!run.waiting) stream.retry(reconnectAfterMs());
      run.drain();
    }
  }
}

/** Each result with its position as the event's id; where the stream begins, an id alone. */
function deliver(stream: EventStream, result: ExecutionText): boolean {
  const id = result.position && formatPosition(result.position);
  if (result.isStart && id !== undefined) return stream.start(id);
  return stream.next(sharedResultText(result), id);
}
