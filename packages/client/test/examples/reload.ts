import type { DeskgraphClient, SubscriptionRequest, SubscriptionSink } from '@deskgraph/client';

/** Goes on where the page before it stopped, in the same tab. */
export function followOverReloads(
  client: DeskgraphClient,
  key: string,
  request: SubscriptionRequest,
  sink: SubscriptionSink,
): void {
  const after = sessionStorage.getItem(key) ?? undefined;
  const subscription = client.subscribe(request, sink, { after });
  addEventListener('pagehide', () => {
    if (subscription.position !== undefined) sessionStorage.setItem(key, subscription.position);
  });
}
