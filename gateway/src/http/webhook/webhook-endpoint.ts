import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { EventEnvelope, Outbox } from '@deskgraph/events';
import type { ConsumedEvents } from '@deskgraph/plugin-host';
import { DeskgraphError, isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { WebhookMetrics } from '../../metrics/webhook-metrics.js';
import { answer, answerRefusal } from '../request/answer.js';
import { jsonType } from '../request/media-type.js';
import { discard, readBody } from '../request/read-body.js';
import { type Refusal, refusal } from '../request/refusal.js';
import { checkTime, readIncomingEvent } from './incoming-event.js';
import { orRefuse, RefusedEvent } from './refused-event.js';
import { maySend, type WebhookSender } from './sender.js';
import { Signatures } from './signatures.js';

/** Bytes of a body, as of every event (schema/EVENTS.md, section 2). */
const maxBodyBytes = 256 * 1024;
const mediaType = 'application/cloudevents+json';
/** Who failed to say who they are. */
const unknownSender = 'unknown';

/** What stands behind `POST /events`. */
export interface WebhookOptions {
  readonly senders: readonly WebhookSender[];
  readonly consumed: Pick<ConsumedEvents, 'check'>;
  readonly outbox: Pick<Outbox, 'store'>;
  readonly metrics: WebhookMetrics;
  /** Gets codes and names, never a body or a secret. */
  readonly log: Logger;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** `POST /events`: signed CloudEvents from outside, stored in the outbox (schema/EVENTS.md, section 8). */
export class WebhookEndpoint {
  readonly #signatures: Signatures;
  readonly #now: () => number;

  constructor(private readonly options: WebhookOptions) {
    this.#now = options.now ?? Date.now;
    this.#signatures = new Signatures(options.senders, this.#now);
  }

  /** Answers every request that the client stays for. */
  async serve(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (request.method !== 'POST') {
      const { refused } = discard(
        request,
        refusal('METHOD_NOT_ALLOWED', '/events takes POST.', { allow: 'POST' }),
      );
      return answerRefusal(response, requestId, refused, 'json');
    }
    const body = await readEventBody(request);
    if (body === null) return;
    if ('refused' in body) {
      this.options.metrics.refused(unknownSender, body.refused);
      return answerRefusal(response, requestId, body.refused, 'json');
    }
    await this.#take(request.headers, body.text, response, requestId);
  }

  async #take(
    headers: IncomingHttpHeaders,
    body: string,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const { metrics, log } = this.options;
    let sender = unknownSender;
    try {
      const known = orRefuse(401, () => this.#signatures.senderOf(headers, body));
      sender = known.name;
      const event = this.#check(known, body);
      const duplicate = (await this.#store(event, sender)) === 0;
      metrics.stored(sender, duplicate);
      const text = JSON.stringify({ id: event.id, duplicate });
      answer(response, 202, jsonType, text, { 'x-request-id': requestId });
    } catch (error) {
      if (!(error instanceof RefusedEvent)) {
        metrics.failed(sender);
        throw error;
      }
      metrics.refused(sender, error.refusal);
      log.debug({ requestId, sender, code: error.cause.code }, 'an event from outside was refused');
      answerRefusal(response, requestId, error.refusal, 'json');
    }
  }

  /** @throws RefusedEvent */
  #check(sender: WebhookSender, body: string): EventEnvelope {
    const event = orRefuse(400, () => readIncomingEvent(body));
    if (!maySend(sender, event.type)) {
      throw new RefusedEvent(
        403,
        new DeskgraphError(
          'EVENT_UNDECLARED',
          `The sender ${sender.name} may not send this type; events.webhooks.${sender.name}.types allows ${sender.types.join(', ')}.`,
        ),
      );
    }
    orRefuse(422, () => this.options.consumed.check(event.type, event.data));
    orRefuse(422, () => checkTime(event, this.#now()));
    return event;
  }

  /** @throws RefusedEvent */
  async #store(event: EventEnvelope, sender: string): Promise<number> {
    try {
      return await this.options.outbox.store([event]);
    } catch (cause) {
      if (isDeskgraphError(cause, 'EVENT_INVALID')) throw new RefusedEvent(400, cause);
      // The database's own errors can quote the row.
      const { code, name } = cause as { readonly code?: unknown; readonly name?: unknown };
      this.options.log.error({ sender, code, name }, 'an event from outside could not be stored');
      throw new RefusedEvent(
        503,
        new DeskgraphError('EVENT_BUS_UNAVAILABLE', 'The event could not be stored; send it again.', {
          cause,
        }),
      );
    }
  }
}

async function readEventBody(
  request: IncomingMessage,
): Promise<{ readonly text: string } | { readonly refused: Refusal } | null> {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '')
    .split(';')
    .map((text) => text.trim().toLowerCase());
  const utf8 = parameters.every((text) => !text.startsWith('charset=') || /^charset="?utf-?8"?$/.test(text));
  if (type === mediaType && utf8) return readBody(request, maxBodyBytes);
  const message = `Events are posted as ${mediaType} in UTF-8, one in each request.`;
  return discard(request, refusal('UNSUPPORTED_MEDIA_TYPE', message, { accept: mediaType }));
}
