/** Who is asking. Anonymous callers have no principal (`null`). */
export interface Principal {
  /** Stable subject id: an agent's, a visitor's or a service's. */
  readonly id: string;
  readonly kind: 'agent' | 'visitor' | 'service';
  /** What to call them on a screen. */
  readonly displayName: string;
  /** Granted scopes, sorted, without repeats. */
  readonly scopes: readonly string[];
}
