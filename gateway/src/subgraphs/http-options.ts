/** How remote subgraphs are called; every value has a default. */
export interface HttpTransportOptions {
  /** Longest wait for the whole answer, waiting for a turn included; default 10 000 ms. */
  readonly timeoutMs: number;
  /** Connections to one origin, default 128. */
  readonly maxConnections: number;
  /** Requests in flight to one subgraph, default 512; as many again may wait. */
  readonly maxInFlight: number;
  /** Largest answer, default 32 MiB. */
  readonly maxResponseBytes: number;
  /** How long calls are paused once a subgraph kept failing, default 5 000 ms. */
  readonly breakMs: number;
  /** Whether identical queries in flight share one request, default true. */
  readonly deduplicate: boolean;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The defaults of every option. */
export const httpTransportDefaults: HttpTransportOptions = {
  timeoutMs: 10_000,
  maxConnections: 128,
  maxInFlight: 512,
  maxResponseBytes: 32 * 1024 * 1024,
  breakMs: 5_000,
  deduplicate: true,
  headers: {},
};
