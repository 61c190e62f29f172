import assert from 'node:assert/strict';
import { it } from 'node:test';
import { demoToken, GraphClient } from '../hub-process/graph-client.js';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';

const senders = 4;
const kills = 3;

it(`${kills} times killed with SIGKILL while messages are sent, the hub finds every acknowledged one again`, async () => {
  await using dataDir = await temporaryDataDir();
  const acknowledged = new Set<string>();
  for (let round = 0; round < kills; round++) {
    const hub = await HubProcess.start(dataDir.path);
    const client = new GraphClient(hub.url, await demoToken(hub.url));
    const enough = acknowledged.size + 40;
    const sending = Array.from({ length: senders }, (_, sender) =>
      sendUntilKilled(client, `r${round}-s${sender}`, acknowledged, async () => {
        if (acknowledged.size >= enough) await hub.end('SIGKILL');
      }),
    );
    await Promise.all(sending);
  }
  await using hub = await HubProcess.start(dataDir.path);
  const client = new GraphClient(hub.url, await demoToken(hub.url));
  const stored = await readAll(client);
  const lost = [...acknowledged].filter((id) => !stored.includes(id));
  assert.deepEqual(lost, []);
  assert.equal(new Set(stored).size, stored.length, 'a message is stored twice');
  assert.ok(acknowledged.size >= kills * 40);
});

/** Sends one message after the other; only those that were answered count. */
async function sendUntilKilled(
  client: GraphClient,
  prefix: string,
  acknowledged: Set<string>,
  then: () => Promise<void>,
): Promise<void> {
  for (let count = 0; ; count++) {
    const id = `${prefix}-${count}`;
    try {
      await client.data(
        `mutation ($id: ID!) { sendMessage(input: {
           conversationId: "con_wang_fang_samples", clientMessageId: $id, text: "样品" }) { message { id } } }`,
        { id },
      );
    } catch {
      return;
    }
    acknowledged.add(id);
    await then();
  }
}

async function readAll(client: GraphClient): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const { conversation } = (await client.data(
      `query ($after: String) { conversation(id: "con_wang_fang_samples") { messages(first: 100, after: $after) {
         nodes { clientMessageId } pageInfo { hasNextPage endCursor } } } }`,
      { after },
    )) as unknown as {
      conversation: {
        messages: {
          nodes: { clientMessageId: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
    };
    ids.push(...conversation.messages.nodes.map(({ clientMessageId }) => clientMessageId));
    if (!conversation.messages.pageInfo.hasNextPage) return ids;
    after = conversation.messages.pageInfo.endCursor;
  }
}
