import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RunningHub, readSettings, startHub } from '@deskgraph/gateway';
import { testDatabase } from '@deskgraph/postgres/testing';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe('a plugin that asks the graph of its own hub', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deskgraph-asker-'));
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let hub: RunningHub;
  before(async () => {
    database = await testDatabase();
    const environment = {
      PORT: '0',
      DATABASE_URL: database.url,
      DESKGRAPH_DATA_DIR: dataDir,
      DESKGRAPH_LOG_LEVEL: 'error',
    };
    const pluginDirectories = ['plugins', 'test/plugin-asks-graph/fixtures'].map((name) => join(root, name));
    hub = await startHub({ ...readSettings(join(dataDir, 'none.yaml'), environment), pluginDirectories }, {});
    await hub.started;
  });
  after(async () => {
    await hub?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true });
  });

  /** As nobody: what the plugin may see must not depend on who asks it. */
  const query = async (text: string, variables: object = {}): Promise<Answer> => {
    const response = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
      signal: AbortSignal.timeout(20_000),
    });
    return (await response.json()) as Answer;
  };
  /** What the plugin was answered. */
  const asked = async (document: string): Promise<Answer & { readonly code?: string }> => {
    const { data } = await query('query($document: String!) { asked(document: $document) }', { document });
    return JSON.parse(String(data?.asked));
  };

  it('reads and joins what other plugins have, with the scopes of its manifest', async () => {
    const { data, errors } = await asked(
      '{ customer(id: "cus_li_wei") { name conversations(first: 1) { nodes { id messages(last: 1) { nodes { kind } } } } } }',
    );
    assert.equal(errors, undefined);
    assert.deepEqual(data, {
      customer: {
        name: '李伟 Li Wei',
        conversations: { nodes: [{ id: 'con_li_wei_sofa', messages: { nodes: [{ kind: 'TEXT' }] } }] },
      },
    });
  });

  it('may not do what it has no scope for', async () => {
    const { data, errors } = await asked(
      'mutation { setConversationStatus(conversationId: "con_li_wei_sofa", status: RESOLVED) { conversation { id } } }',
    );
    assert.deepEqual(data, { setConversationStatus: null });
    assert.deepEqual(
      errors?.map(({ message, extensions }) => [extensions.code, message]),
      [['FORBIDDEN', 'Plugin asker needs the scope chat:write.']],
    );
  });

  it('can ask while it starts those that it requires', async () => {
    const { data } = await query('{ askedAtStart }');
    const answer = JSON.parse(String(data?.askedAtStart)) as Answer;
    assert.deepEqual(answer, { data: { customers: { nodes: [{ id: 'cus_anna_hoffmann' }] } } });
  });

  it('cannot subscribe', async () => {
    const { code } = await asked('subscription { inboxUpdated { id } }');
    assert.equal(code, 'BAD_REQUEST');
  });

  it('that asks itself for ever costs its own field and no more', async () => {
    const circle = await query('{ circle }');
    assert.deepEqual(circle.data, { circle: null });
    assert.ok(circle.errors?.length === 1);
    const { data, errors } = await query('{ hello }');
    assert.equal(errors, undefined);
    assert.deepEqual(data, { hello: 'Hello, world!' });
  });
});
