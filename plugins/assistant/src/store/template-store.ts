import {
  type Connection,
  type Database,
  DeskgraphError,
  type KeyColumn,
  keysetClauses,
  type PageArguments,
  parsePage,
  type Row,
  type SqlRunner,
  type Transaction,
  toConnection,
} from '@deskgraph/plugin-sdk';
import type { Condition } from '../matching/condition.js';
import { expire } from './expire.js';
import { lockConversations } from './lock-conversations.js';
import { nextId } from './next-id.js';
import type { TemplateRow } from './rows.js';

/** Which templates a list shows. */
export interface TemplateFilter {
  readonly eventType?: string | null;
  readonly language?: string | null;
}

/** What a template says; checked by the caller. */
export interface TemplateFields {
  readonly name: string;
  readonly eventType: string;
  readonly language: string;
  readonly text: string;
  readonly conditions: readonly Condition[];
  readonly priority: number;
  readonly enabled: boolean;
  readonly expiresAfterSeconds: number;
  readonly expiresOn: readonly string[];
}

/** Locks are held for all of them, and the server has room for some thousands. */
const conversationsAtOnce = 100;
const templateKey: readonly KeyColumn[] = [
  { sql: 'name', type: 'text' },
  { sql: 'id', type: 'text' },
];

/** Reply templates. */
export class TemplateStore {
  constructor(private readonly database: Database) {}

  byIds(ids: readonly string[]): Promise<TemplateRow[]> {
    return this.#query('select * from reply_template where id = any($1)', [ids]);
  }

  /** Those in use for a type of event, the oldest first. */
  forEvent(eventType: string): Promise<TemplateRow[]> {
    return this.#query(
      'select * from reply_template where enabled and event_type = $1 order by created_at, id',
      [eventType],
    );
  }

  async list({ eventType, language }: TemplateFilter, args: PageArguments): Promise<Connection<TemplateRow>> {
    const page = parsePage(args, templateKey);
    const keyset = keysetClauses(page, templateKey, 'asc', 3);
    const rows = await this.#query(
      `select * from reply_template where ($1::text is null or event_type = $1)
         and ($2::text is null or language = $2) and ${keyset.where} ${keyset.tail}`,
      [eventType ?? null, language ?? null, ...keyset.params],
    );
    return toConnection(rows, page, ({ name, id }) => [name, id]);
  }

  async create(fields: TemplateFields): Promise<TemplateRow> {
    const [row] = await this.#query(
      `insert into reply_template (id, name, event_type, language, text, conditions, priority, enabled,
         expires_after_seconds, expires_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *`,
      [`tpl_${nextId()}`, ...valuesOf(fields)],
    );
    return row as TemplateRow;
  }

  /**
   * Changes a template; `merge` gets it as it is and returns what it is to be, or throws.
   * @throws DeskgraphError NOT_FOUND; CONFLICT when `version` is not the current one
   */
  async update(
    id: string,
    version: number,
    merge: (current: TemplateFields) => TemplateFields,
  ): Promise<TemplateRow> {
    return this.database.transaction(async (tx) => {
      const found = await lock(tx, id);
      if (found.version !== version) throw changedMeanwhile(found, version);
      const [row] = await tx.query<TemplateRow & Row>(
        `update reply_template set name = $2, event_type = $3, language = $4, text = $5, conditions = $6,
           priority = $7, enabled = $8, expires_after_seconds = $9, expires_on = $10,
           version = version + 1, updated_at = now() where id = $1 returning *`,
        [id, ...valuesOf(merge(fieldsOf(found)))],
      );
      return row as TemplateRow;
    });
  }

  /**
   * Deletes a template, then ends its open recommendations. Two steps, so that nobody who holds a recommendation waits
   * for the template and is waited for; who deletes again ends what was left. Resolves with whether there was one.
   */
  async delete(id: string): Promise<boolean> {
    const deleted = await this.#query('delete from reply_template where id = $1 returning *', [id]);
    while (await this.database.transaction((tx) => expireSome(tx, id))) {}
    return deleted.length > 0;
  }

  #query(sql: string, params: readonly unknown[]): Promise<TemplateRow[]> {
    return this.database.query<TemplateRow & Row>(sql, params);
  }
}

/** Ends the open recommendations of a deleted template in some conversations; resolves with whether there were any. */
async function expireSome(tx: Transaction, templateId: string): Promise<boolean> {
  const rows = await tx.query<{ conversation_id: string }>(
    `select distinct conversation_id from recommendation where status = 'OPEN' and template_id = $1 limit $2`,
    [templateId, conversationsAtOnce],
  );
  const conversations = rows.map(({ conversation_id }) => conversation_id);
  if (conversations.length === 0) return false;
  await lockConversations(tx, conversations);
  await expire(tx, 'TEMPLATE_DELETED', {
    where: 'template_id = $2 and conversation_id = any($3)',
    params: [templateId, conversations],
  });
  return true;
}

async function lock(tx: SqlRunner, id: string): Promise<TemplateRow> {
  const [row] = await tx.query<TemplateRow & Row>('select * from reply_template where id = $1 for update', [
    id,
  ]);
  if (row !== undefined) return row;
  throw new DeskgraphError('NOT_FOUND', `There is no reply template ${id}.`);
}

function changedMeanwhile({ id, version }: TemplateRow, base: number): DeskgraphError {
  return new DeskgraphError(
    'CONFLICT',
    `Reply template ${id} has version ${version} by now, the change is based on ${base}. Read it again.`,
  );
}

function fieldsOf(row: TemplateRow): TemplateFields {
  const { name, language, text, conditions, priority, enabled } = row;
  return {
    name,
    eventType: row.event_type,
    language,
    text,
    conditions,
    priority,
    enabled,
    expiresAfterSeconds: row.expires_after_seconds,
    expiresOn: row.expires_on,
  };
}

/** In the order of the columns in the statements above. */
function valuesOf(fields: TemplateFields): unknown[] {
  return [
    fields.name,
    fields.eventType,
    fields.language,
    fields.text,
    JSON.stringify(fields.conditions),
    fields.priority,
    fields.enabled,
    fields.expiresAfterSeconds,
    fields.expiresOn,
  ];
}
