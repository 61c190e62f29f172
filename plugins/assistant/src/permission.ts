import { DeskgraphError, type Principal, type RequestContext } from '@deskgraph/plugin-sdk';

/**
 * The caller, if they are no visitor and hold the scope: what is recommended to agents is nothing for customers.
 * @throws DeskgraphError UNAUTHENTICATED | FORBIDDEN
 */
export function requireScope(
  { principal }: RequestContext,
  scope: 'assistant:read' | 'assistant:write',
): Principal {
  if (principal === null) throw new DeskgraphError('UNAUTHENTICATED', 'Sign in to see recommended replies.');
  if (principal.kind !== 'visitor' && principal.scopes.includes(scope)) return principal;
  throw new DeskgraphError(
    'FORBIDDEN',
    principal.kind === 'visitor'
      ? 'Recommended replies are for agents.'
      : `${principal.displayName} needs the scope ${scope}.`,
  );
}
