import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { HttpConnection } from '../load/http-connection.js';

const conversation = 'con_wang_fang_samples';
const subscription = `subscription { messageAdded(conversationId: "${conversation}") { clientMessageId } }`;
const mutation = `mutation ($id: ID!) { sendMessage(input: {
  conversationId: "${conversation}", clientMessageId: $id, text: "Are the samples on their way?" }) { message { id } } }`;

/** What a send costs. */
export interface SendTimes {
  /** From the mutation's request to its answer: committed. Sorted. */
  readonly answered: readonly number[];
  /** From the mutation's request to the message on the other side's socket. Sorted. */
  readonly arrived: readonly number[];
}

/** Sends messages one after the other, and times each until it is on the socket of somebody who subscribed. */
export async function timeSends(port: number, token: string, sends: number): Promise<SendTimes> {
  const authorization = `Bearer ${token}`;
  const http = new HttpConnection(port, '/graphql', { authorization });
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
  });
  const arrivals = new Map<string, () => void>();
  const opened = new Promise<void>((resolve, reject) => {
    client.subscribe(
      { query: subscription, extensions: { after: 'now' } },
      {
        next({ data }) {
          const added = data as { messageAdded: { clientMessageId: string } } | null;
          if (added === null || added === undefined) resolve();
          else arrivals.get(added.messageAdded.clientMessageId)?.();
        },
        error: reject,
        complete() {},
      },
    );
  });
  await opened;
  const times = { answered: [] as number[], arrived: [] as number[] };
  for (let number = -100; number < sends; number++) {
    const id = `bench-${process.pid}-${number}`;
    const begin = performance.now();
    const arrived = new Promise<number>((resolve) =>
      arrivals.set(id, () => resolve(performance.now() - begin)),
    );
    const answer = await http.post(JSON.stringify({ query: mutation, variables: { id } }));
    if (answer.hasErrors) throw new Error(JSON.stringify(answer.json()));
    const answeredMs = performance.now() - begin;
    const arrivedMs = await arrived;
    arrivals.delete(id);
    if (number < 0) continue;
    times.answered.push(answeredMs);
    times.arrived.push(arrivedMs);
  }
  http.close();
  await client.dispose();
  for (const list of [times.answered, times.arrived]) list.sort((a, b) => a - b);
  return times;
}
