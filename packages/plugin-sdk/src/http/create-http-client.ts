import { setTimeout as delay } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { DeskgraphError, isDeskgraphError } from '../deskgraph-error.js';
import { type AttemptLimits, sendOnce } from './attempt.js';
import { Deadline } from './deadline.js';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.js';
import { hostAllowed } from './network-scope.js';
import { OriginGuard, type OriginLimits } from './origin-guard.js';
import { retryAfterMs } from './retry-after.js';
import { ServerFailure } from './server-failure.js';

/** Options of an outbound client; every one has a default fit for production. */
export interface HttpClientOptions extends Partial<OriginLimits>, Partial<AttemptLimits> {
  /** Hosts that may be called: `api.example.com`, `*.example.com`. Absent: none. */
  readonly allowedHosts?: readonly string[];
  /** Whole-call deadline over all attempts; default 10 000 ms. */
  readonly deadlineMs?: number;
  /** Attempts at most, the first included; default 3. */
  readonly maxAttempts?: number;
  /** First backoff; each further one doubles, and the wait is random between 0 and it. Default 100 ms. */
  readonly backoffMs?: number;
}

const safeMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const retriedStatuses = new Set([429, 502, 503, 504]);

/** Makes a client whose connections live until it is disposed. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient & AsyncDisposable {
  return new ResilientHttpClient(options);
}

class ResilientHttpClient implements HttpClient, AsyncDisposable {
  readonly #agent = new Agent({ connect: { timeout: 5_000 } });
  readonly #guards = new Map<string, OriginGuard>();

  constructor(private readonly options: HttpClientOptions) {}

  async request(url: string, request: HttpRequest = {}): Promise<HttpResponse> {
    const target = this.#check(url);
    const deadlineMs = request.deadlineMs ?? this.options.deadlineMs ?? 10_000;
    using deadline = new Deadline(deadlineMs, request.signal);
    try {
      return await this.#attempts(target, request, deadline);
    } catch (cause) {
      if (!deadline.isReason(cause)) throw cause;
      const message = `${target.origin} did not answer within ${deadlineMs} ms.`;
      throw new DeskgraphError('UPSTREAM_TIMEOUT', message, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  #check(url: string): URL {
    const target = /^https?:/i.test(url) && URL.canParse(url) ? new URL(url) : null;
    if (target !== null && hostAllowed(target.hostname, this.options.allowedHosts ?? [])) return target;
    const host = target?.hostname ?? `${url} (not an http or https URL)`;
    throw new DeskgraphError(
      'NETWORK_SCOPE_DENIED',
      `Calling ${host} is not allowed. Add it to scopes.network in plugin.json (now: ${this.options.allowedHosts?.join(', ') || 'none'}).`,
    );
  }

  async #attempts(target: URL, request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    const guard = this.#guard(target.origin);
    const idempotent = request.idempotent ?? safeMethods.has(request.method ?? 'GET');
    const maxAttempts = idempotent ? (this.options.maxAttempts ?? 3) : 1;
    guard.budget.earn();
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(guard, target, request, deadline.signal);
      if (attempt >= maxAttempts || !isRetryable(outcome)) return unwrap(outcome);
      const pauseMs = this.#pauseMs(attempt, outcome);
      // What is known now is worth more to the caller than a timeout later.
      const inTime = performance.now() + pauseMs < deadline.endsAt;
      if (!inTime || !guard.budget.spend()) return unwrap(outcome);
      await pause(pauseMs, deadline.signal);
    }
  }

  async #attempt(
    guard: OriginGuard,
    target: URL,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      return { response: await guard.attempt(() => this.#send(target, request, signal), signal) };
    } catch (error) {
      return error instanceof ServerFailure ? { response: error.response } : { error };
    }
  }

  /** A 5xx is a failure to the circuit breaker, and a response to the caller. */
  async #send(target: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const response = await sendOnce(this.#agent as Dispatcher, target, request, signal, {
      maxResponseBytes: this.options.maxResponseBytes ?? 10 * 1024 * 1024,
    });
    if (response.status >= 500) throw new ServerFailure(response);
    return response;
  }

  /** Full jitter; a Retry-After of the server is respected as the least pause. */
  #pauseMs(attempt: number, outcome: Outcome): number {
    const backoff = Math.random() * (this.options.backoffMs ?? 100) * 2 ** (attempt - 1);
    return Math.max(backoff, retryAfterMs(outcome.response?.headers['retry-after'], Date.now()));
  }

  #guard(origin: string): OriginGuard {
    const known = this.#guards.get(origin);
    if (known !== undefined) return known;
    const guard = new OriginGuard(origin, {
      maxConcurrent: this.options.maxConcurrent ?? 32,
      maxQueued: this.options.maxQueued ?? 64,
      breakMs: this.options.breakMs ?? 5_000,
    });
    this.#guards.set(origin, guard);
    return guard;
  }
}

interface Outcome {
  readonly response?: HttpResponse;
  readonly error?: unknown;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}

function isRetryable({ response, error }: Outcome): boolean {
  if (response !== undefined) return retriedStatuses.has(response.status);
  return isDeskgraphError(error, 'UPSTREAM_UNREACHABLE');
}

function unwrap({ response, error }: Outcome): HttpResponse {
  if (response !== undefined) return response;
  throw error;
}
