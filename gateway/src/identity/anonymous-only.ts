import type { Authenticator } from './authenticator.js';

/** Knows nobody: every caller is anonymous, and credentials are for the subgraphs to judge. */
export const anonymousOnly: Authenticator = { authenticate: async () => null };
