import { resolve } from 'node:path';
import type { Outbox } from '@deskgraph/events';
import type { ConsumedEvents } from '@deskgraph/plugin-host';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { Registry } from 'prom-client';
import type { WebhookSender } from '../http/webhook/sender.js';
import { WebhookEndpoint } from '../http/webhook/webhook-endpoint.js';
import { demoSender, demoSenderName } from '../identity/demo-sender.js';
import { WebhookMetrics } from '../metrics/webhook-metrics.js';
import type { HubSettings } from './settings.js';

/** What `/events` works with. */
export interface WebhookParts {
  readonly consumed: ConsumedEvents;
  readonly outbox: Outbox;
  readonly registry: Registry;
  readonly log: Logger;
}

/** Makes `/events` for the senders of the settings. */
export async function openWebhook(settings: HubSettings, parts: WebhookParts): Promise<WebhookEndpoint> {
  const senders = await knownSenders(settings);
  return new WebhookEndpoint({ ...parts, senders, metrics: new WebhookMetrics(parts.registry) });
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
