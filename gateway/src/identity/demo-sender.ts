import type { WebhookSender } from '../http/webhook/sender.js';
import { loadKey } from './key-file.js';

/** The sender with which `deskgraph events post` tries out a hub of the demonstration. */
export const demoSenderName = 'demo';

/**
 * A sender that may send everything, with a secret in `<dataDir>/identity/webhook.key` that is made at the first call.
 * @throws DeskgraphError CONFIG_INVALID when the file holds something else
 */
export async function demoSender(dataDir: string): Promise<WebhookSender> {
  const secret = await loadKey(dataDir, 'webhook.key', 'what was signed before is refused');
  return { name: demoSenderName, secrets: [secret], types: ['*'] };
}
