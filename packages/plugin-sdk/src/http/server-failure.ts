import type { HttpResponse } from './http-client.js';

/** A response with a 5xx status, on its way through the circuit breaker. */
export class ServerFailure extends Error {
  constructor(readonly response: HttpResponse) {
    super(`HTTP ${response.status}`);
  }
}
