import type { RequestContext } from '@deskgraph/plugin-sdk';
import DataLoader from 'dataloader';
import type { CompanyRow, ContactPointRow, CustomerRow } from './store/rows.js';
import type { Stores } from './stores.js';

/** One statement for all customers, companies, contact points or tags that one call into the plugin needs. */
export interface Loaders {
  readonly customerById: DataLoader<string, CustomerRow | null>;
  /** Keys are lower case. */
  readonly customerByEmail: DataLoader<string, CustomerRow | null>;
  readonly companyById: DataLoader<string, CompanyRow | null>;
  readonly contactPointsOf: DataLoader<string, readonly ContactPointRow[]>;
  readonly tagsOf: DataLoader<string, readonly string[]>;
}

/** Gives each request its own loaders. */
export function loadersFor({ customers, companies }: Stores): (context: RequestContext) => Loaders {
  const create = (): Loaders => ({
    customerById: byKey(
      (ids) => customers.byIds(ids),
      ({ id }) => id,
    ),
    customerByEmail: byKey(
      (emails) => customers.byEmails(emails),
      ({ email }) => email?.toLowerCase() ?? '',
    ),
    companyById: byKey(
      (ids) => companies.byIds(ids),
      ({ id }) => id,
    ),
    contactPointsOf: grouped(
      (ids) => customers.contactPoints(ids),
      ({ customer_id }) => customer_id,
    ),
    tagsOf: new DataLoader(async (ids) => {
      const rows = await customers.tags(ids);
      return ids.map((id) => rows.filter(({ customer_id }) => customer_id === id).map(({ tag }) => tag));
    }),
  });
  return (context) => context.scoped(create);
}

function byKey<Value>(
  load: (keys: readonly string[]) => Promise<Value[]>,
  keyOf: (row: Value) => string,
): DataLoader<string, Value | null> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await load(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}

function grouped<Value>(
  load: (keys: readonly string[]) => Promise<Value[]>,
  keyOf: (row: Value) => string,
): DataLoader<string, readonly Value[]> {
  return new DataLoader(async (keys) => {
    const rows = await load(keys);
    return keys.map((key) => rows.filter((row) => keyOf(row) === key));
  });
}
