import {
  type Connection,
  type Database,
  DeskgraphError,
  type KeyColumn,
  keysetClauses,
  type Page,
  type PageArguments,
  parsePage,
  type Row,
  type SqlRunner,
  toConnection,
} from '@deskgraph/plugin-sdk';
import { ulid } from 'ulid';
import type { ContactPointRow, CustomerRow } from './rows.js';
import { containing } from './search-pattern.js';

/** Which customers a list shows. */
export interface CustomerFilter {
  readonly search?: string | null;
  readonly tag?: string | null;
}

/** Columns that a client may set. */
export interface CustomerFields {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly language?: string | null;
  readonly companyId?: string | null;
}

const columns = 'id, name, email, language, company_id, version, created_at, updated_at';
/** Order of lists of customers. */
export const customerKey: readonly KeyColumn[] = [
  { sql: 'name', type: 'text' },
  { sql: 'id', type: 'text' },
];

/** Customers, their contact points and tags. */
export class CustomerStore {
  constructor(private readonly database: Database) {}

  byIds(ids: readonly string[]): Promise<CustomerRow[]> {
    return this.#select('id = any($1)', [ids]);
  }

  /** In any case of letters; `asked` is the address as it was given. PostgreSQL folds both, so that they agree. */
  byEmails(emails: readonly string[]): Promise<(CustomerRow & { readonly asked: string })[]> {
    return this.#query(
      `select ${columns}, asked from unnest($1::text[]) as given (asked)
         join customer on lower(email) = lower(asked)`,
      [emails],
    );
  }

  async list(filter: CustomerFilter, args: PageArguments): Promise<Connection<CustomerRow>> {
    const page = parsePage(args, customerKey);
    const keyset = keysetClauses(page, customerKey, 'asc', 3);
    const rows = await this.#select(
      `($1::text is null or search_text like lower($1))
       and ($2::text is null or exists (select from customer_tag where customer_id = id and tag = $2))
       and ${keyset.where} ${keyset.tail}`,
      [filter.search?.trim() ? containing(filter.search) : null, filter.tag ?? null, ...keyset.params],
    );
    return toConnection(rows, page, ({ name, id }) => [name, id]);
  }

  /** The same page of each company's customers. */
  ofCompanies(companyIds: readonly string[], page: Page): Promise<CustomerRow[]> {
    const keyset = keysetClauses(page, customerKey, 'asc', 2);
    return this.#query(
      `select page.* from unnest($1::text[]) as company (id) cross join lateral (
         select ${columns} from customer where company_id = company.id and ${keyset.where} ${keyset.tail}) as page
       ${keyset.orderBy}`,
      [companyIds, ...keyset.params],
    );
  }

  contactPoints(customerIds: readonly string[]): Promise<ContactPointRow[]> {
    return this.#query<ContactPointRow>(
      'select * from contact_point where customer_id = any($1) order by is_primary desc, kind, id',
      [customerIds],
    );
  }

  tags(customerIds: readonly string[]): Promise<{ customer_id: string; tag: string }[]> {
    return this.#query('select * from customer_tag where customer_id = any($1) order by tag', [customerIds]);
  }

  /** @throws DeskgraphError CONFLICT when the e-mail address is another customer's */
  async create(fields: CustomerFields): Promise<CustomerRow> {
    const values = [`cus_${ulid()}`, fields.name, fields.email, fields.language, fields.companyId];
    const [row] = await translateViolations(() =>
      this.#query<CustomerRow>(
        `insert into customer (id, name, email, language, company_id) values ($1, $2, $3, $4, $5)
         returning ${columns}`,
        values.map((value) => value ?? null),
      ),
    );
    return row as CustomerRow;
  }

  /** @throws DeskgraphError NOT_FOUND; CONFLICT when `version` is not the current one */
  async update(id: string, version: number, fields: CustomerFields): Promise<CustomerRow> {
    const settable = { name: 'name', email: 'email', language: 'language', companyId: 'company_id' } as const;
    const changes = Object.entries(settable).filter(
      ([field]) => fields[field as keyof CustomerFields] !== undefined,
    );
    const assignments = changes.map(([, column], index) => `${column} = $${index + 3}`);
    const [row] = await translateViolations(() =>
      this.#query<CustomerRow>(
        `update customer set ${['version = version + 1', 'updated_at = now()', ...assignments].join(', ')}
         where id = $1 and version = $2 returning ${columns}`,
        [id, version, ...changes.map(([field]) => fields[field as keyof CustomerFields])],
      ),
    );
    if (row !== undefined) return row;
    const [current] = await this.byIds([id]);
    if (current === undefined) throw noCustomer(id);
    throw new DeskgraphError(
      'CONFLICT',
      `Customer ${id} has version ${current.version} by now, the change is based on ${version}. Read it again.`,
    );
  }

  /** Adding the same one again changes nothing but which is primary. @throws DeskgraphError NOT_FOUND */
  async addContactPoint(
    customerId: string,
    point: { readonly kind: string; readonly value: string; readonly primary: boolean },
  ): Promise<CustomerRow> {
    return this.#changing(customerId, async (tx) => {
      if (point.primary) {
        await tx.query('update contact_point set is_primary = false where customer_id = $1 and kind = $2', [
          customerId,
          point.kind,
        ]);
      }
      await tx.query(
        `insert into contact_point (id, customer_id, kind, value, is_primary) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, kind, value) do update set is_primary = excluded.is_primary`,
        [`cnt_${ulid()}`, customerId, point.kind, point.value, point.primary],
      );
    });
  }

  /** @throws DeskgraphError NOT_FOUND */
  addTag(customerId: string, tag: string): Promise<CustomerRow> {
    return this.#changing(customerId, (tx) =>
      tx.query('insert into customer_tag values ($1, $2) on conflict do nothing', [customerId, tag]),
    );
  }

  /** @throws DeskgraphError NOT_FOUND */
  removeTag(customerId: string, tag: string): Promise<CustomerRow> {
    return this.#changing(customerId, (tx) =>
      tx.query('delete from customer_tag where customer_id = $1 and tag = $2', [customerId, tag]),
    );
  }

  /** Changes what hangs on a customer; the customer's version grows with it. */
  #changing(customerId: string, change: (tx: SqlRunner) => Promise<unknown>): Promise<CustomerRow> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<CustomerRow & Row>(
        `update customer set version = version + 1, updated_at = now() where id = $1 returning ${columns}`,
        [customerId],
      );
      if (row === undefined) throw noCustomer(customerId);
      await change(tx);
      return row;
    });
  }

  #select(where: string, params: readonly unknown[]): Promise<CustomerRow[]> {
    return this.#query<CustomerRow>(`select ${columns} from customer where ${where}`, params);
  }

  #query<Result>(sql: string, params: readonly unknown[]): Promise<Result[]> {
    return this.database.query<Result & Row>(sql, params);
  }
}

/** There is no such customer. */
export function noCustomer(id: string): DeskgraphError {
  return new DeskgraphError('NOT_FOUND', `There is no customer ${id}.`);
}

/** PostgreSQL's SQLSTATEs for what a client can correct. */
async function translateViolations<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === '23505') {
      throw new DeskgraphError('CONFLICT', 'Another customer has this e-mail address.', { cause });
    }
    if (code === '23503') throw new DeskgraphError('BAD_USER_INPUT', 'There is no such company.', { cause });
    throw cause;
  }
}
