/** The network is back, or somebody looks at the page again. */
export type WakeReason = 'network' | 'page';

/** Tells in browsers when waiting any longer makes no sense; elsewhere never. @returns what stops it */
export function onWake(listener: (reason: WakeReason) => void): () => void {
  if (typeof document === 'undefined') return () => {};
  const online = () => listener('network');
  const visible = () => {
    if (document.visibilityState === 'visible') listener('page');
  };
  globalThis.addEventListener('online', online);
  document.addEventListener('visibilitychange', visible);
  return () => {
    globalThis.removeEventListener('online', online);
    document.removeEventListener('visibilitychange', visible);
  };
}
