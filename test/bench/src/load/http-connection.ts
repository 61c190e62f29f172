import { connect, type Socket } from 'node:net';

/** A keep-alive HTTP/1.1 connection that does as little as a client can: one request at a time, bodies counted. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #headers: string;
  #chunks: Buffer[] = [];
  #received = 0;
  #expected = -1;
  #headerText = '';
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  constructor(
    port: number,
    private readonly path: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.#headers = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#onData(chunk));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('connection closed')));
  }

  post(body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(
        `POST ${this.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\n${this.#headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#expected === -1 && !this.#readHeader()) return;
    const done = this.#expected === -2 ? endsChunked(chunk) : this.#received >= this.#expected;
    if (done) this.#finish();
  }

  /** Learns the whole message's length; -2 stands for chunked transfer. */
  #readHeader(): boolean {
    const text = Buffer.concat(this.#chunks).toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return false;
    this.#headerText = text.slice(0, end).toLowerCase();
    const length = /content-length: (\d+)/.exec(this.#headerText)?.[1];
    this.#expected = length === undefined ? -2 : end + 4 + Number(length);
    return true;
  }

  #finish(): void {
    const answer = new Answer(this.#headerText, this.#chunks);
    this.#chunks = [];
    this.#received = 0;
    this.#expected = -1;
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve(answer);
  }
}

/** An answer whose body is decoded only when somebody looks. */
export class Answer {
  constructor(
    private readonly header: string,
    private readonly chunks: readonly Buffer[],
  ) {}

  get status(): number {
    return Number(this.header.split(' ')[1]);
  }

  json(): unknown {
    const message = Buffer.concat(this.chunks);
    const body = message.subarray(message.indexOf('\r\n\r\n') + 4);
    return JSON.parse((this.header.includes('chunked') ? unchunk(body) : body).toString('utf8'));
  }

  /** Whether the body holds GraphQL errors; a look at its bytes, without parsing. */
  get hasErrors(): boolean {
    const first = this.chunks[0] as Buffer;
    return first.includes('"errors"');
  }
}

function endsChunked(chunk: Buffer): boolean {
  return chunk.length >= 5 && chunk.subarray(-5).toString('latin1') === '0\r\n\r\n';
}

function unchunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString('latin1'), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
