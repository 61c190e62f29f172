import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  createEvent,
  formatPosition,
  MemoryBus,
  type PositionedEvent,
  parsePosition,
} from '@deskgraph/events';
import { buildSchema, GraphQLError, parse } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';

/** A result as it goes over the wire. */
export interface WireResult {
  readonly data: { readonly said: string } | null;
  readonly extensions?: { readonly position: string };
}

type Answer = AsyncIterable<WireResult> | readonly GraphQLError[] | undefined;

/** The subscription that the server answers. */
export const said = 'subscription Said($room: String = "lobby") { said(room: $room) }';

const schema = buildSchema('type Query { nothing: Int } type Subscription { said(room: String): String }');

/** A hub as EVENTS.md, section 6, wants it, over a MemoryBus; a test may let it misbehave. */
export class ProtocolServer implements AsyncDisposable {
  readonly bus = new MemoryBus();
  /** What was asked for, oldest first. */
  readonly asked: SubscribePayload[] = [];
  /** The payloads of `connection_init`, oldest first. */
  readonly callers: (Record<string, unknown> | undefined)[] = [];
  /** Whether a caller is let in. */
  admit: (params: Record<string, unknown> | undefined) => boolean = () => true;
  /** Answers instead of the protocol, when it answers anything. */
  answer: (payload: SubscribePayload) => Answer = () => undefined;
  readonly #tailed = new Set<string>();
  readonly #http: Server;
  readonly #sockets: WebSocketServer;

  private constructor() {
    this.#http = createServer((_request, response) => response.writeHead(404).end());
    this.#sockets = new WebSocketServer({ server: this.#http, path: '/graphql' });
    useServer(
      {
        onConnect: ({ connectionParams }) => {
          this.callers.push(connectionParams);
          return this.admit(connectionParams);
        },
        onSubscribe: (_context, _id, payload) => this.#admitted(payload),
        subscribe: ({ contextValue }) => contextValue as AsyncGenerator<WireResult>,
      },
      this.#sockets,
    );
  }

  static async start(): Promise<ProtocolServer> {
    const server = new ProtocolServer();
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  get sockets(): readonly WebSocket[] {
    return [...this.#sockets.clients];
  }

  async say(text: string, room = 'lobby'): Promise<void> {
    await this.bus.publish([
      createEvent({ source: 'test', type: 'said', topic: `said.${room}`, data: text }),
    ]);
  }

  /** Resolves when a client has asked for a subscription so many times in all. */
  async askedTimes(count: number): Promise<void> {
    while (this.asked.length < count) await once(this.#sockets, 'asked');
  }

  /** Resolves when somebody listens to a room. */
  async tailed(room: string): Promise<void> {
    while (!this.#tailed.has(room)) await once(this.#sockets, 'tailed');
  }

  /** Closes every connection so. */
  close(code: number, reason = ''): void {
    for (const socket of this.sockets) socket.close(code, reason);
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** Neither reads nor answers on the connections that are open now, as if the network had swallowed them. */
  freeze(): void {
    for (const socket of this.sockets) {
      const { _socket: raw } = socket as unknown as { _socket: Socket };
      raw.pause();
      raw.cork();
    }
  }

  /** Answers one subscription, then freezes. */
  freezeWhenAsked(): void {
    this.answer = () => {
      setTimeout(() => this.freeze(), 10);
      return undefined;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.bus.close();
    this.#http.close();
    await once(this.#http, 'close');
  }

  async #admitted(payload: SubscribePayload) {
    this.asked.push(payload);
    this.#sockets.emit('asked');
    const own = this.answer(payload);
    if (Array.isArray(own)) return own as readonly GraphQLError[];
    const contextValue = own ?? (await this.#resume(payload));
    if (Array.isArray(contextValue)) return contextValue as readonly GraphQLError[];
    return { schema, document: parse(payload.query), contextValue };
  }

  async #resume({ variables, extensions }: SubscribePayload) {
    const after = extensions?.after as string | undefined;
    const room = String(variables?.room ?? 'lobby');
    const topic = `said.${room}`;
    try {
      const from = after === undefined || after === 'now' ? undefined : parsePosition(after);
      const tail = await this.bus.tail(topic);
      this.#tailed.add(room);
      this.#sockets.emit('tailed');
      const missed: PositionedEvent[] = [];
      if (from !== undefined) for await (const event of this.bus.history(topic, from)) missed.push(event);
      return closing(follow(), () => tail.close());

      async function* follow(): AsyncGenerator<WireResult> {
        if (after === 'now') yield { data: null, extensions: { position: formatPosition(tail.start) } };
        for (const { event, position } of missed) yield result(event.data, formatPosition(position));
        const through = missed.at(-1)?.position.sequence ?? -1;
        for await (const { event, position } of tail) {
          if (position.sequence > through) yield result(event.data, formatPosition(position));
        }
      }
    } catch (error) {
      return [refusal((error as { code: string }).code)];
    }
  }
}

/** A GraphQL error with a code of the hub's. */
export function refusal(code: string): GraphQLError {
  return new GraphQLError(`refused with ${code}`, { extensions: { code } });
}

/** A result; without a position as subgraphs send it that stream themselves. */
export function result(text: unknown, position?: string): WireResult {
  return { data: { said: String(text) }, ...(position === undefined ? {} : { extensions: { position } }) };
}

/** `return` of a generator waits for what it awaits; so that has to be ended first. */
function closing(generator: AsyncGenerator<WireResult>, close: () => void): AsyncGenerator<WireResult> {
  const leave = generator.return.bind(generator);
  generator.return = (value) => {
    close();
    return leave(value);
  };
  return generator;
}
