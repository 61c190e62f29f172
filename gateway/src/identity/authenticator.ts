import type { Principal } from '@deskgraph/plugin-sdk';

/** What a caller shows of itself, whatever transport it came by. */
export interface Credentials {
  /** An HTTP `Authorization` header, or the field of that name in WebSocket connection parameters. */
  readonly authorization?: string | undefined;
}

/** Says who a caller is. */
export interface Authenticator {
  /**
   * Null for a caller that shows no credentials: anonymous, which is not an error.
   * @throws DeskgraphError UNAUTHENTICATED for credentials that are malformed, forged, expired or not known
   */
  authenticate(credentials: Credentials): Promise<Principal | null>;
}
