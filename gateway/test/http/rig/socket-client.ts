import { once } from 'node:events';
import { WebSocket } from 'ws';

/** How a connection ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A protocol message. */
export type Message = Readonly<Record<string, unknown>>;

/** A WebSocket client without manners: it sends what the test says and shows what comes back, in order. */
export class SocketClient implements AsyncDisposable {
  readonly closed: Promise<Closed>;
  readonly #received: Message[] = [];
  #arrived: (() => void) | undefined;
  #ended: Closed | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.#received.push(JSON.parse(data.toString()) as Message);
      this.#arrived?.();
    });
    // A server that cuts the connection makes the client's write fail; `closed` tells.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code: number, reason: Buffer) => {
        this.#ended = { code, reason: reason.toString() };
        resolve(this.#ended);
        this.#arrived?.();
      });
    });
  }

  /** Connects; says nothing yet. */
  static async connect(
    url: string,
    protocols: string[] = ['graphql-transport-ws'],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocols, { headers });
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and initialises: ready to subscribe. */
  static async ready(url: string, payload?: Message): Promise<SocketClient> {
    const client = await SocketClient.connect(url);
    client.send({ type: 'connection_init', ...(payload && { payload }) });
    const message = await client.next();
    if (message.type !== 'connection_ack') throw new Error(`expected connection_ack, got ${message.type}`);
    return client;
  }

  /** Sends an object as JSON, a text as it is. */
  send(message: Message | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, more: Message = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, ...more } });
  }

  /** The next message that has not been taken. Rejects when the connection ends first. */
  async next(): Promise<Message> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      if (this.#ended) throw new Error(`closed: ${this.#ended.code} ${this.#ended.reason}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** What has come and has not been taken. */
  get untaken(): readonly Message[] {
    return this.#received;
  }

  /** Resolves when the server has handled everything that was sent before. */
  async settled(): Promise<void> {
    const mark = `mark-${Math.random()}`;
    this.send({ type: 'ping', payload: { mark } });
    const others: Message[] = [];
    for (;;) {
      const message = await this.next();
      if (message.type === 'pong' && (message.payload as Message | undefined)?.mark === mark) break;
      others.push(message);
    }
    this.#received.unshift(...others);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}
