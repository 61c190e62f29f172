import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Path {
  readonly near: Socket;
  readonly far: Socket;
}

/** A network between a client and a server, at an address that stays while servers come and go. */
export class UnreliableNetwork implements AsyncDisposable {
  /** Where the server is. Undefined refuses connections, as a host without a server does. */
  target: URL | undefined;
  readonly #paths = new Set<Path>();
  readonly #server: Server;
  #connections = 0;

  private constructor() {
    this.#server = createServer((near) => this.#join(near));
  }

  static async start(target: string): Promise<UnreliableNetwork> {
    const network = new UnreliableNetwork();
    network.target = new URL(target);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that there ever were. */
  get connections(): number {
    return this.#connections;
  }

  /** Resets every connection. */
  cut(): void {
    for (const { near, far } of this.#paths) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Swallows what is sent over the connections of now, both ways, and resets nothing. */
  freeze(): void {
    for (const { near, far } of this.#paths) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    near.on('error', () => {});
    if (this.target === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    const path = { near, far };
    this.#paths.add(path);
    this.#connections++;
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#paths.delete(path);
        other.destroy();
      });
    }
  }
}
