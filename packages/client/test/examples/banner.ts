import type { DeskgraphClient } from '@deskgraph/client';

/** Shows how the connection stands. @returns what stops it */
export function showConnection(client: DeskgraphClient, banner: HTMLElement): () => void {
  return client.onConnection((state) => {
    banner.hidden = state.kind === 'live' || state.kind === 'idle';
    if (state.kind === 'connecting') banner.textContent = 'Connecting ...';
    if (state.kind === 'offline') {
      const seconds = Math.ceil((state.retryAt - Date.now()) / 1000);
      banner.textContent = `Offline. Trying again in ${seconds} s.`;
    }
    if (state.kind === 'refused') banner.textContent = 'Please sign in again.';
  });
}
