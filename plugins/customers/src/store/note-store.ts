import { type Database, type KeyColumn, keysetClauses, type Page, type Row } from '@deskgraph/plugin-sdk';
import { ulid } from 'ulid';
import { noCustomer } from './customer-store.js';
import type { NoteRow } from './rows.js';

/** Order of a customer's notes. */
export const noteKey: readonly KeyColumn[] = [{ sql: 'id', type: 'text' }];

/** What colleagues wrote about customers. Ids are ULIDs, so their order is that of time. */
export class NoteStore {
  constructor(private readonly database: Database) {}

  /** The same page of each customer's notes, newest first. */
  ofCustomers(customerIds: readonly string[], page: Page): Promise<NoteRow[]> {
    const keyset = keysetClauses(page, noteKey, 'desc', 2);
    return this.database.query<NoteRow & Row>(
      `select page.* from unnest($1::text[]) as customer (id) cross join lateral (
         select * from note where customer_id = customer.id and ${keyset.where} ${keyset.tail}) as page
       ${keyset.orderBy}`,
      [customerIds, ...keyset.params],
    );
  }

  /** @throws DeskgraphError NOT_FOUND */
  async add(customerId: string, authorId: string, text: string): Promise<NoteRow> {
    const [row] = await this.database.query<NoteRow & Row>(
      `insert into note (id, customer_id, author_id, text)
       select $1, id, $3, $4 from customer where id = $2 returning *`,
      [ulid(), customerId, authorId, text],
    );
    if (row === undefined) throw noCustomer(customerId);
    return row;
  }
}
