import type { Duplex } from 'node:stream';
import type { ErrorCode } from '@deskgraph/plugin-sdk';
import { refusal } from './request/refusal.js';
import { errorsText } from './result-text.js';

interface Answer {
  readonly statusLine: string;
  readonly code: ErrorCode;
  readonly message: string;
}

const answers: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    statusLine: '431 Request Header Fields Too Large',
    code: 'BAD_REQUEST',
    message: 'The request headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    statusLine: '408 Request Timeout',
    code: 'REQUEST_TIMEOUT',
    message: 'The request did not arrive in time.',
  },
};

const malformed: Answer = {
  statusLine: '400 Bad Request',
  code: 'BAD_REQUEST',
  message: 'This is not an HTTP request.',
};

/** Answers what never became a request (Node's `clientError`), and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { statusLine, code, message } = answers[error.code ?? ''] ?? malformed;
  const body = errorsText(refusal(code, message).errors);
  socket.end(
    `HTTP/1.1 ${statusLine}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
