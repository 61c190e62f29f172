import {
  type Connection,
  type Database,
  type KeyColumn,
  keysetClauses,
  type PageArguments,
  parsePage,
  type Row,
  toConnection,
} from '@deskgraph/plugin-sdk';
import { ulid } from 'ulid';
import { noCustomer } from './customer-store.js';
import type { NoteRow } from './rows.js';

const key: readonly KeyColumn[] = [{ sql: 'id', type: 'text' }];

/** What colleagues wrote about customers. Ids are ULIDs, so their order is that of time. */
export class NoteStore {
  constructor(private readonly database: Database) {}

  async list(customerId: string, args: PageArguments): Promise<Connection<NoteRow>> {
    const page = parsePage(args, key);
    const keyset = keysetClauses(page, key, 'desc', 2);
    const rows = await this.database.query<NoteRow & Row>(
      `select * from note where customer_id = $1 and ${keyset.where} ${keyset.tail}`,
      [customerId, ...keyset.params],
    );
    return toConnection<NoteRow>(rows, page, ({ id }) => [id]);
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
