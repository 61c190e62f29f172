import { resolve } from 'node:path';
import type { PluginHost } from '@deskgraph/plugin-host';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { WebhookSender } from '../http/webhook/sender.js';
import { WebhookEndpoint } from '../http/webhook/webhook-endpoint.js';
import { demoSender, demoSenderName } from '../identity/demo-sender.js';
import type { Metrics } from '../metrics/metrics.js';
import { WebhookMetrics } from '../metrics/webhook-metrics.js';
import type { HubEvents } from './open-events.js';
import type { HubSettings } from './settings.js';

/** What `/events` works with. */
export interface WebhookParts {
  readonly host: Pick<PluginHost, 'consumedEvents'>;
  readonly events: Pick<HubEvents, 'outbox'>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Makes `/events` for the senders of the settings; the host's plugins are validated. */
export async function openWebhook(
  settings: HubSettings,
  { host, events, metrics, log }: WebhookParts,
): Promise<WebhookEndpoint> {
  return new WebhookEndpoint({
    senders: await knownSenders(settings),
    consumed: host.consumedEvents,
    outbox: events.outbox,
    metrics: new WebhookMetrics(metrics.registry),
    log,
  });
}

/**
 * The configured senders and, in the demonstration, one to try things out with, unless that name is configured.
 * @throws DeskgraphError CONFIG_INVALID when the demonstration's secret cannot be used
 */
export async function knownSenders({
  events,
  demo,
  dataDir,
}: HubSettings): Promise<readonly WebhookSender[]> {
  const taken = events.webhooks.some(({ name }) => name === demoSenderName);
  return demo && !taken ? [...events.webhooks, await demoSender(resolve(dataDir))] : events.webhooks;
}
