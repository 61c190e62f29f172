import { DeskgraphError, type Principal, type RequestContext } from '@deskgraph/plugin-sdk';

/**
 * The caller, if they hold the scope.
 * @throws DeskgraphError UNAUTHENTICATED | FORBIDDEN
 */
export function requireScope(
  { principal }: RequestContext,
  scope: 'customers:read' | 'customers:write',
): Principal {
  if (principal === null) throw new DeskgraphError('UNAUTHENTICATED', 'Sign in to see customers.');
  if (principal.scopes.includes(scope)) return principal;
  throw new DeskgraphError('FORBIDDEN', `${principal.displayName} needs the scope ${scope}.`);
}
