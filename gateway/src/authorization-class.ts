import type { Principal } from '@deskgraph/plugin-sdk';

/**
 * The authorization class of a caller: callers of one class may see the same fields, so they share prepared
 * operations, identical requests in flight and (scope ROLE) resolved events. Every such key carries it.
 * Today it is the kind of principal and the exact set of scopes; anonymous callers are a class of their own.
 */
export function authorizationClass(principal: Principal | null): string {
  return principal === null ? 'anonymous' : `${principal.kind} ${principal.scopes.join(' ')}`;
}

/** The key of an event's fan-out group: who may share one resolution, by the `@eventSource` scope. */
export function sharingKey(scope: 'SUBJECT' | 'ROLE' | 'PUBLIC', principal: Principal | null): string {
  switch (scope) {
    case 'PUBLIC':
      return 'public';
    case 'ROLE':
      return authorizationClass(principal);
    case 'SUBJECT':
      return principal === null ? 'anonymous' : `subject:${principal.id} ${authorizationClass(principal)}`;
  }
}
