import {
  type Connection,
  groupLoader,
  type PageArguments,
  pageLoader,
  type RequestContext,
  rowLoader,
} from '@deskgraph/plugin-sdk';
import type DataLoader from 'dataloader';
import { customerKey } from './store/customer-store.js';
import { noteKey } from './store/note-store.js';
import type { CompanyRow, ContactPointRow, CustomerRow, NoteRow } from './store/rows.js';
import type { Stores } from './stores.js';

/** One statement for everything of a kind that one call into the plugin needs. */
export interface Loaders {
  readonly customerById: DataLoader<string, CustomerRow | null>;
  readonly customerByEmail: DataLoader<string, CustomerRow | null>;
  readonly companyById: DataLoader<string, CompanyRow | null>;
  readonly contactPointsOf: DataLoader<string, readonly ContactPointRow[]>;
  readonly tagsOf: DataLoader<string, readonly { readonly tag: string }[]>;
  readonly notesOf: (customerId: string, args: PageArguments) => Promise<Connection<NoteRow>>;
  readonly customersOf: (companyId: string, args: PageArguments) => Promise<Connection<CustomerRow>>;
}

/** Gives each request its own loaders. */
export function loadersFor({ customers, companies, notes }: Stores): (context: RequestContext) => Loaders {
  const create = (): Loaders => ({
    customerById: rowLoader(
      (ids) => customers.byIds(ids),
      ({ id }) => id,
    ),
    customerByEmail: rowLoader(
      (emails) => customers.byEmails(emails),
      ({ asked }) => asked,
    ),
    companyById: rowLoader(
      (ids) => companies.byIds(ids),
      ({ id }) => id,
    ),
    contactPointsOf: groupLoader(
      (ids) => customers.contactPoints(ids),
      ({ customer_id }) => customer_id,
    ),
    tagsOf: groupLoader(
      (ids) => customers.tags(ids),
      ({ customer_id }) => customer_id,
    ),
    notesOf: pageLoader({
      columns: noteKey,
      load: (ids, page) => notes.ofCustomers(ids, page),
      parentOf: ({ customer_id }) => customer_id,
      keyOf: ({ id }) => [id],
    }),
    customersOf: pageLoader({
      columns: customerKey,
      load: (ids, page) => customers.ofCompanies(ids, page),
      parentOf: ({ company_id }) => company_id ?? '',
      keyOf: ({ name, id }) => [name, id],
    }),
  });
  return (context) => context.scoped(create);
}
