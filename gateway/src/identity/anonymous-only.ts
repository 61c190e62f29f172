import type { Authenticator } from './authenticator.js';

/** Knows nobody: every caller is anonymous, whatever credentials come along. They are not forwarded either. */
export const anonymousOnly: Authenticator = { authenticate: async () => null };
