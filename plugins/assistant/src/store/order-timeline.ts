import type { SqlRunner } from '@deskgraph/plugin-sdk';

/** Something that happened to an order. */
export interface Happening {
  readonly orderId: string;
  readonly eventType: string;
  readonly occurredAt: Date;
}

/**
 * Notes that something happened to an order, and locks what is known of it until the transaction ends: events of one
 * order are decided on one after the other, also when they come with different partition keys.
 * @returns all that is known, this included: event type to when it last happened
 */
export async function noteHappened(
  tx: SqlRunner,
  { orderId, eventType, occurredAt }: Happening,
): Promise<ReadonlyMap<string, Date>> {
  const [row] = await tx.query<{ happened: Record<string, string> }>(
    `insert into order_timeline (order_id, happened) values ($1, jsonb_build_object($2::text, $3::text))
     on conflict (order_id) do update set updated_at = now(), happened = order_timeline.happened ||
       jsonb_build_object($2::text, greatest(order_timeline.happened ->> $2::text, $3::text))
     returning happened`,
    [orderId, eventType, occurredAt.toISOString()],
  );
  return new Map(Object.entries(row?.happened ?? {}).map(([type, at]) => [type, new Date(at)]));
}
