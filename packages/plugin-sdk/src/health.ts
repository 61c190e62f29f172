/** How a plugin is. `degraded` serves on, with the reason shown in `/readyz` and `/metrics`. */
export type Health =
  | { readonly status: 'healthy' }
  | { readonly status: 'degraded'; readonly reason: string };
