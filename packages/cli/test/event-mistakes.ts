/** Code that a plugin's author might write, and what the compiler says to it. */
export interface EventMistake {
  readonly hazard: string;
  /** Statements in a transaction `tx`, with `events` and an event `earned` at hand. */
  readonly tx?: string;
  /** Properties of `subscribers`. */
  readonly handlers?: string;
  readonly says: RegExp;
}

/** By authors whose plugin publishes points.earned and points.spent and consumes order.paid. */
export const eventMistakes: readonly EventMistake[] = [
  {
    hazard: 'publishing an event that is not declared',
    tx: `await tx.events.publish({ type: 'points.lost', topic: 'points', data: { customerId: 'c' } });`,
    says: /"points\.lost"' is not assignable to type '"points\.earned" \| "points\.spent"'/,
  },
  {
    hazard: 'publishing a misspelt type outside a transaction',
    tx: `await events.publish({ type: 'points.earnt', topic: 'points', data: { customerId: 'c', points: 1 } });`,
    says: /Did you mean '"points\.earned"'\?/,
  },
  {
    hazard: 'publishing what it only consumes',
    tx: `await tx.events.publish({ type: 'order.paid', topic: 'orders', data: { customerId: 'c', total: 1 } });`,
    says: /"order\.paid"' is not assignable to type '"points\.earned" \| "points\.spent"'/,
  },
  {
    hazard: 'publishing data of a wrong type',
    tx: `await tx.events.publish({ type: 'points.earned', topic: 'p', data: { customerId: 'c', points: '3' } });`,
    says: /'string' is not assignable to type 'number'/,
  },
  {
    hazard: 'publishing without a required property',
    tx: `await tx.events.publish({ type: 'points.earned', topic: 'p', data: { customerId: 'c' } });`,
    says: /is not assignable to parameter of type 'OutgoingEvent<"points\.earned", PointsEarned>/,
  },
  {
    hazard: 'publishing a property that the schema does not have',
    tx: `await tx.events.publish({ type: 'points.spent', topic: 'p', data: { customerId: 'c', note: 'x' } });`,
    says: /'note' does not exist in type 'PointsEarned \| PointsSpent'/,
  },
  {
    hazard: "publishing one event's data as another's",
    tx: `await tx.events.publish({ ...earned, type: 'points.spent', data: { points: 1 } });`,
    says: /'\{ points: number; \}' is not assignable to type 'PointsEarned \| PointsSpent'/,
  },
  {
    hazard: 'publishing an undeclared event in once',
    handlers: `'order.paid': async (_, { once }) => {
      await once((tx) => tx.events.publish({ type: 'x.y', topic: 'x', data: { customerId: 'c' } }));
    }`,
    says: /"x\.y"' is not assignable to type '"points\.earned" \| "points\.spent"'/,
  },
  {
    hazard: 'forgetting to handle an event that is declared',
    handlers: '',
    says: /is not assignable to type .*StartedPlugin<PluginEvents>/,
  },
  {
    hazard: 'handling an event that is not declared',
    handlers: `'order.lost': async () => {}`,
    says: /is not assignable to type .*StartedPlugin<PluginEvents>/,
  },
  {
    hazard: 'handling an undeclared event beside a declared one',
    handlers: `'order.paid': () => {}, 'order.lost': async ({ data }) => { void data; }`,
    says: /'data' implicitly has an 'any' type/,
  },
  {
    hazard: 'reading what the event does not carry',
    handlers: `'order.paid': ({ data }) => void data.amount`,
    says: /'amount' does not exist on type 'OrderPaid'/,
  },
  {
    hazard: 'a handler for other data',
    handlers: `'order.paid': (event: { data: { total: string } }) => void event.data.total.length`,
    says: /is not assignable to type .*StartedPlugin<PluginEvents>/,
  },
];

/** By authors who name no `PluginEvents`. */
export const eventlessMistakes = [
  {
    hazard: 'publishing in a plugin without events',
    started: `{
      void database.transaction((tx) => tx.events.publish({ type: 'a.b', topic: 'a', data: 1 }));
      return { resolvers: {} };
    }`,
    says: /is not assignable to parameter of type 'never'/,
  },
  {
    hazard: 'handling in a plugin without events',
    started: `({ resolvers: {}, subscribers: { 'a.b': () => void database } })`,
    says: /is not assignable to type 'undefined'/,
  },
];
