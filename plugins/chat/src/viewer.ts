import { DeskgraphError, type Principal, type RequestContext } from '@deskgraph/plugin-sdk';

/** Who looks at conversations, and how much of them they see. */
export interface Viewer {
  readonly principal: Principal;
  /** Agents see all conversations and notes; a visitor sees their own, without notes. */
  readonly isAgent: boolean;
}

/**
 * The caller as a viewer.
 * @throws DeskgraphError UNAUTHENTICATED | FORBIDDEN
 */
export function viewerOf({ principal }: RequestContext, scope: 'chat:read' | 'chat:write'): Viewer {
  if (principal === null) throw new DeskgraphError('UNAUTHENTICATED', 'Sign in to see conversations.');
  const isAgent = principal.kind !== 'visitor';
  // A visitor reads and writes their own conversations; that is what a visitor is.
  if (!isAgent || principal.scopes.includes(scope)) return { principal, isAgent };
  throw new DeskgraphError('FORBIDDEN', `${principal.displayName} needs the scope ${scope}.`);
}

/** @throws DeskgraphError FORBIDDEN for visitors */
export function requireAgent(viewer: Viewer): Viewer {
  if (viewer.isAgent) return viewer;
  throw new DeskgraphError('FORBIDDEN', 'Only agents may do this.');
}

/** There is no such conversation, or none that the viewer may know of. */
export function noConversation(id: string): DeskgraphError {
  return new DeskgraphError('NOT_FOUND', `There is no conversation ${id}.`);
}
