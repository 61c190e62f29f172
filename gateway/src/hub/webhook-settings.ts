import { DeskgraphError, Secret } from '@deskgraph/plugin-sdk';
import type { WebhookSender } from '../http/webhook/sender.js';

/** `events.webhooks` as the configuration has it: senders by name. */
export type WebhookValues = Readonly<
  Record<string, { readonly secrets: readonly string[]; readonly types: readonly string[] }>
>;

/**
 * The configured senders.
 * @throws DeskgraphError CONFIG_INVALID when two senders share a secret: by it they are told apart
 */
export function webhookSenders(values: WebhookValues): readonly WebhookSender[] {
  const owners = new Map<string, string>();
  return Object.entries(values).map(([name, { secrets, types }]) => {
    for (const secret of secrets) {
      const key = secret.replace(/^whsec_/, '');
      const owner = owners.get(key) ?? name;
      if (owner !== name) {
        throw new DeskgraphError(
          'CONFIG_INVALID',
          `events.webhooks: ${owner} and ${name} have the same secret. Give each a secret of its own.`,
        );
      }
      owners.set(key, name);
    }
    return { name, secrets: secrets.map((secret) => new Secret(secret)), types };
  });
}
