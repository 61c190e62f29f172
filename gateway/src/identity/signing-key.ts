import type { Secret } from '@deskgraph/plugin-sdk';
import { loadKey } from './key-file.js';

/**
 * The key that signs demonstration tokens, from `<dataDir>/identity/signing.key`, so that tokens stay valid over
 * restarts.
 * @throws DeskgraphError CONFIG_INVALID when the file holds something else
 */
export function loadSigningKey(dataDir: string): Promise<Secret> {
  return loadKey(dataDir, 'signing.key', 'tokens signed before become invalid');
}
