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
import type { CompanyRow } from './rows.js';
import { containing } from './search-pattern.js';

const key: readonly KeyColumn[] = [
  { sql: 'name', type: 'text' },
  { sql: 'id', type: 'text' },
];

/** Companies that customers belong to. */
export class CompanyStore {
  constructor(private readonly database: Database) {}

  byIds(ids: readonly string[]): Promise<CompanyRow[]> {
    return this.database.query<CompanyRow & Row>('select * from company where id = any($1)', [ids]);
  }

  async list(search: string | null | undefined, args: PageArguments): Promise<Connection<CompanyRow>> {
    const page = parsePage(args, key);
    const keyset = keysetClauses(page, key, 'asc', 2);
    const rows = await this.database.query<CompanyRow & Row>(
      `select * from company where ($1::text is null or lower(name) like lower($1)) and ${keyset.where} ${keyset.tail}`,
      [search?.trim() ? containing(search) : null, ...keyset.params],
    );
    return toConnection<CompanyRow>(rows, page, ({ name, id }) => [name, id]);
  }
}
