import { type EventEmitter, on } from 'node:events';
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { CallerContext } from '../../../src/gateway-core.js';

const sdl = /* GraphQL */ `
  type Query {
    hello(name: String = "world"): String!
    "The caller's id."
    me: String
    "Fails, beside data that does not."
    failing: String
    "Answers when the rig is told to: emit 'release'."
    held: String!
    "A text of so many characters."
    text(length: Int!): String!
  }

  type Mutation {
    add(amount: Int!): Int!
  }

  type Subscription {
    "1 to the number given, then completes."
    count(to: Int!): Int!
    "What the rig is told: emit 'publish', value."
    published: String!
    "One value, then the stream breaks."
    breaking: Int!
  }
`;

/** The rig's schema; `events` steers `held` and `published`. */
export function rigSchema(events: EventEmitter): GraphQLSchema {
  let total = 0;
  const schema = buildSchema(sdl);
  const query = {
    hello: ({ name }: { name: string }) => `Hello, ${name}!`,
    me: (_: unknown, caller: CallerContext) => caller.principal?.id ?? null,
    failing: () => Promise.reject(new Error('This field fails.')),
    held: () => new Promise((resolve) => events.once('release', () => resolve('released'))),
    text: ({ length }: { length: number }) => 'x'.repeat(length),
  };
  attach(schema, 'Query', query);
  attach(schema, 'Mutation', {
    add: ({ amount }: { amount: number }) => {
      total += amount;
      return total;
    },
  });
  attach(schema, 'Subscription', {
    async *count({ to }: { to: number }) {
      for (let value = 1; value <= to; value++) yield value;
    },
    // Listens at once, not when the first value is asked for.
    published: () => on(events, 'publish'),
    async *breaking() {
      yield 1;
      throw new Error('The source broke.');
    },
  });
  return schema;
}

type FieldFunction = (args: never, caller: CallerContext) => unknown;

function attach(
  schema: GraphQLSchema,
  typeName: string,
  functions: Readonly<Record<string, FieldFunction>>,
): void {
  const type = schema.getType(typeName);
  if (!type || !('getFields' in type)) throw new TypeError(`no object type ${typeName}`);
  for (const [name, run] of Object.entries(functions)) {
    const field = type.getFields()[name] as {
      resolve?: (source: unknown, args: never, caller: CallerContext) => unknown;
      subscribe?: (source: unknown, args: never, caller: CallerContext) => unknown;
    };
    if (typeName === 'Subscription') {
      field.subscribe = (_source, args, caller) => run(args, caller);
      field.resolve = (value) => (Array.isArray(value) ? value[0] : value);
    } else {
      field.resolve = (_source, args, caller) => run(args, caller);
    }
  }
}
