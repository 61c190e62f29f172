import { randomUUID } from 'node:crypto';
import { DeskgraphError, type ErrorCode, errorCatalogue, type Secret } from '@deskgraph/plugin-sdk';
import { Webhook } from 'standardwebhooks';

/** Where to, and how signed. */
export interface PostTarget {
  /** Of the hub, without a path. */
  readonly url: string;
  readonly secret: Secret;
}

/** What the hub says of an event that it took. */
export interface PostAnswer {
  readonly id: string;
  /** It was stored before. */
  readonly duplicate: boolean;
}

const timeoutMs = 15_000;

/**
 * Signs an event as Standard Webhooks says, and posts it.
 * @throws DeskgraphError with the code of the hub's refusal, UPSTREAM_UNREACHABLE when no hub answers
 */
export async function postEvent(event: unknown, { url, secret }: PostTarget): Promise<PostAnswer> {
  const body = JSON.stringify(event);
  const response = await send(`${url.replace(/\/+$/, '')}/events`, body, secret);
  const answer = (await response.json().catch(() => null)) as Answer | null;
  if (response.status === 202 && answer !== null) return answer as PostAnswer;
  const [error] = answer?.errors ?? [];
  const code = error?.extensions?.code ?? '';
  throw new DeskgraphError(
    Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : 'UPSTREAM_MALFORMED',
    error?.message ?? `${url} answered with status ${response.status}, as no hub does.`,
  );
}

/** As far as it can be told. */
interface Answer extends Partial<PostAnswer> {
  readonly errors?: readonly {
    readonly message?: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

async function send(url: string, body: string, secret: Secret): Promise<Response> {
  const id = `msg_${randomUUID()}`;
  const now = new Date();
  const headers = {
    'content-type': 'application/cloudevents+json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signature(secret, id, now, body),
  };
  try {
    return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    const { message, cause: reason } = cause as Error;
    const why = reason instanceof Error ? reason.message || message : message;
    throw new DeskgraphError('UPSTREAM_UNREACHABLE', `No hub answers at ${url}: ${why}.`, { cause });
  }
}

function signature(secret: Secret, id: string, at: Date, body: string): string {
  try {
    return new Webhook(secret.reveal()).sign(id, at, body);
  } catch {
    throw new DeskgraphError(
      'BAD_USER_INPUT',
      'The secret is not one of Standard Webhooks: whsec_ and base64.',
    );
  }
}
