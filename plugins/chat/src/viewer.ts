import { DeskgraphError, type Principal, type RequestContext } from '@deskgraph/plugin-sdk';

/** Who looks at conversations, and how much of them they see. */
export interface Viewer {
  readonly principal: Principal;
  /** Whether they see all conversations, and notes; otherwise those they take part in, without notes. */
  readonly seesAll: boolean;
}

/**
 * The caller as a viewer: with `chat:read` of everything, with `chat:write` alone of their own conversations. A
 * visitor never sees more than their own.
 * @throws DeskgraphError UNAUTHENTICATED | FORBIDDEN
 */
export function viewerOf({ principal }: RequestContext): Viewer {
  if (principal === null) throw new DeskgraphError('UNAUTHENTICATED', 'Sign in to see conversations.');
  const seesAll = principal.kind !== 'visitor' && principal.scopes.includes('chat:read');
  if (seesAll || principal.scopes.includes('chat:write')) return { principal, seesAll };
  throw new DeskgraphError('FORBIDDEN', `${principal.displayName} needs the scope chat:read.`);
}

/** The caller as a viewer who may change conversations. @throws DeskgraphError UNAUTHENTICATED | FORBIDDEN */
export function writerOf(context: RequestContext): Viewer {
  const viewer = viewerOf(context);
  if (viewer.principal.scopes.includes('chat:write')) return viewer;
  throw new DeskgraphError('FORBIDDEN', `${viewer.principal.displayName} needs the scope chat:write.`);
}

/** @throws DeskgraphError FORBIDDEN for those who see only their own conversations, such as visitors */
export function requireSeesAll(viewer: Viewer): Viewer {
  if (viewer.seesAll) return viewer;
  throw new DeskgraphError(
    'FORBIDDEN',
    `${viewer.principal.displayName} may not do this: it is for agents with the scope chat:read.`,
  );
}

/** There is no such conversation, or none that the viewer may know of. */
export function noConversation(id: string): DeskgraphError {
  return new DeskgraphError('NOT_FOUND', `There is no conversation ${id}.`);
}
