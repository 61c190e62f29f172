import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  type Beginning,
  type ConnectionState,
  createDeskgraphClient,
  type DeskgraphClient,
  type DeskgraphClientOptions,
} from '@deskgraph/client';
import { WebSocket } from 'ws';
import { demoToken, GraphClient } from '../hub-process/graph-client.js';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';
import { UnreliableNetwork } from '../hub-process/unreliable-network.js';

const query = `subscription ($id: ID!) {
  messageAdded(conversationId: $id) { text sender { displayName } conversation { customer { name } } }
}`;
const variables = { id: 'con_li_wei_sofa' };

interface Added {
  readonly messageAdded: { readonly text: string };
}

describe('a front end of the hub, over a network that breaks', { timeout: 240_000 }, () => {
  let dataDir: Awaited<ReturnType<typeof temporaryDataDir>>;
  let hub: HubProcess;
  let network: UnreliableNetwork;
  let token: string;

  before(async () => {
    dataDir = await temporaryDataDir();
    hub = await HubProcess.start(dataDir.path);
    network = await UnreliableNetwork.start(hub.url);
    token = await demoToken(hub.url);
  });
  after(async () => {
    await network?.[Symbol.asyncDispose]();
    await hub?.[Symbol.asyncDispose]();
    await dataDir?.[Symbol.asyncDispose]();
  });

  /** A client that reaches the hub over the network only. */
  const connect = (test: TestContext, options: Partial<DeskgraphClientOptions> = {}): DeskgraphClient => {
    const client = createDeskgraphClient({
      url: `${network.url}/graphql`,
      token: () => token.replace('Bearer ', ''),
      webSocket: WebSocket,
      ...options,
      retry: { firstMs: 5, longestMs: 50, ...options.retry },
    });
    test.after(() => client.dispose());
    return client;
  };

  let sent = 0;
  /** Sends so many messages beside the network. @returns their texts */
  const send = async (count: number): Promise<string[]> => {
    const texts: string[] = [];
    const graph = new GraphClient(hub.url, token);
    while (texts.length < count) {
      const text = `message ${++sent}`;
      const input = { conversationId: variables.id, clientMessageId: `live-${sent}`, text };
      await graph.data(
        'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }',
        { input },
      );
      texts.push(text);
    }
    return texts;
  };

  it('hears each of 300 messages once and in order over resets and dead connections', async (test) => {
    const client = connect(test, { keepAlive: { pingMs: 40, pongMs: 80 } });
    const beginnings: Beginning[] = [];
    const listeners = await Promise.all(Array.from({ length: 5 }, () => listen(client, beginnings)));
    const expected: string[] = [];
    for (let round = 0; round < 60; round++) {
      expected.push(...(await send(5)));
      if (round % 3 === 0) network.cut();
      if (round % 10 === 5) network.freeze();
    }
    for (const listener of listeners) assert.deepEqual(await listener.texts(expected.length), expected);
    assert.equal(beginnings.length, 5);
    assert.ok(network.connections > 15, `${network.connections} connections`);
  });

  it('comes back when the hub has said, and hears what was written meanwhile', async (test) => {
    const client = connect(test);
    const listener = await listen(client);
    const expected = await send(2);
    await listener.texts(2);
    const offline = nextState(client, 'offline');
    network.target = undefined;
    const stopped = hub.end('SIGTERM');
    const { retryAt, reason } = await offline;
    assert.match(reason, /^reconnect-after-ms=\d+$/);
    const waitMs = retryAt - Date.now();
    assert.ok(waitMs > 0 && waitMs <= 5_000, `${waitMs} ms`);
    await stopped;
    await startAgain();
    expected.push(...(await send(3)));
    assert.deepEqual(await listener.texts(expected.length), expected);
  });

  it('loses nothing when the hub is killed, though plugins still start when it comes back', async (test) => {
    const client = connect(test);
    const listener = await listen(client);
    const expected = await send(2);
    network.target = undefined;
    await hub.end('SIGKILL');
    await startAgain();
    expected.push(...(await send(2)));
    assert.deepEqual(await listener.texts(expected.length), expected);
  });

  it('begins anew after a gap', async (test) => {
    const client = connect(test);
    const beginnings: Beginning[] = [];
    const listener = await listen(client, beginnings, 'other.7');
    assert.deepEqual(
      beginnings.map(({ cause }) => cause),
      ['RESUME_GAP'],
    );
    assert.deepEqual(await listener.texts((await send(1)).length), [`message ${sent}`]);
  });

  it('goes on with what a page before has kept', async (test) => {
    const before = await listen(connect(test));
    const first = await send(1);
    await before.texts(1);
    const position = before.position() ?? '';
    before.leave();
    const second = await send(2);
    const client = connect(test);
    const results = client.iterate<Added>({ query, variables }, { after: position });
    const texts: (string | undefined)[] = [];
    for await (const { data } of results) {
      texts.push(data?.messageAdded.text);
      if (texts.length === 2) break;
    }
    assert.deepEqual([first.length, texts], [1, second]);
  });

  it('is told at once that its token is not taken, and does not ask again', async (test) => {
    const client = connect(test, { token: () => 'forged' });
    await assert.rejects(listen(client), { code: 'UNAUTHENTICATED' });
    assert.equal(client.connection.kind, 'refused');
  });

  it('is told at once what is wrong with its document', async (test) => {
    const client = connect(test);
    const results = client.iterate({ query: 'subscription { nothingOfTheKind }' });
    await assert.rejects(results.next(), { code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  async function startAgain(): Promise<void> {
    hub = await HubProcess.start(dataDir.path);
    network.target = new URL(hub.url);
  }
});

/** A subscription to the conversation that stands. */
async function listen(client: DeskgraphClient, beginnings: Beginning[] = [], after?: string) {
  const texts: string[] = [];
  let heard = () => {};
  let subscription = { position: undefined as string | undefined, unsubscribe: () => {} };
  await new Promise<void>((resolve, reject) => {
    subscription = client.subscribe<Added>(
      { query, variables },
      {
        begin: (beginning) => {
          beginnings.push(beginning);
          resolve();
        },
        next: ({ data }) => {
          texts.push(data?.messageAdded.text ?? 'no data');
          heard();
        },
        error: reject,
      },
      { after },
    );
  });
  return {
    position: () => subscription.position,
    leave: () => subscription.unsubscribe(),
    /** All texts, once there are so many. */
    async texts(count: number): Promise<readonly string[]> {
      while (texts.length < count) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
      return texts;
    },
  };
}

function nextState<Kind extends ConnectionState['kind']>(client: DeskgraphClient, kind: Kind) {
  return new Promise<Extract<ConnectionState, { kind: Kind }>>((resolve) => {
    client.onConnection((state) => {
      if (state.kind === kind) resolve(state as Extract<ConnectionState, { kind: Kind }>);
    });
  });
}
