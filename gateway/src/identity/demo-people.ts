import type { Principal } from '@deskgraph/plugin-sdk';

const agentScopes = [
  'assistant:read',
  'assistant:write',
  'chat:read',
  'chat:write',
  'customers:read',
  'customers:write',
];

/** The people of the demonstration, by id. Their scopes are these, whatever a token says. */
export const demoPeople: ReadonlyMap<string, Principal> = new Map(
  (
    [
      { id: 'agent-mia', kind: 'agent', displayName: 'Mia Chen', scopes: agentScopes },
      { id: 'agent-tom', kind: 'agent', displayName: 'Tom Becker', scopes: agentScopes },
      { id: 'visitor-li', kind: 'visitor', displayName: '李伟 Li Wei', scopes: ['chat:write'] },
    ] satisfies Principal[]
  ).map((person) => [person.id, Object.freeze(person)]),
);
