import type { IncomingEvent } from '@deskgraph/plugin-sdk';
import type { EventData } from '../matching/event-data.js';
import type { ReplyEventType } from '../matching/event-shapes.js';
import type { PluginEvents } from '../plugin-events.js';

/** The data of an event that a reply can be recommended for. */
export type OrderData = PluginEvents['consumes'][ReplyEventType];

/** Something that happened to an order, out of an event. */
export interface OrderFact {
  readonly orderId: string;
  readonly number: string;
  readonly customerId: string;
  readonly source: string;
  readonly eventType: string;
  readonly eventId: string;
  readonly occurredAt: Date;
  readonly data: EventData;
}

/** The fact that an event tells of. */
export function orderFact({ source, type, id, time, data }: IncomingEvent<OrderData>): OrderFact {
  const { orderId, number, customerId } = data;
  return {
    orderId,
    number,
    customerId,
    source,
    eventType: type,
    eventId: id,
    occurredAt: new Date(time),
    data: data as unknown as EventData,
  };
}
