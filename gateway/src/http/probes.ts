import type { ServerResponse } from 'node:http';
import type { Metrics } from '../metrics/metrics.js';
import { answer } from './request/answer.js';

/** Whether the hub can serve, and why not. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** What is not as it should be, a sentence each. May be there when ready, for what is degraded. */
  readonly reasons: readonly string[];
  /** The state of each plugin, where there are plugins. */
  readonly plugins?: readonly { readonly id: string; readonly phase: string }[];
}

/** Asked at each `/readyz`. */
export type Readiness = () => ReadinessReport;

const json = 'application/json; charset=utf-8';
/** Probes are about now. */
const headers = { 'cache-control': 'no-store' };

/** `/livez`: the process runs and its event loop turns. */
export function answerLiveness(response: ServerResponse): void {
  answer(response, 200, json, '{"status":"alive"}', headers);
}

/** `/readyz`: 200 when requests can be served, else 503; both with reasons. */
export function answerReadiness(response: ServerResponse, readiness: Readiness, stopping: boolean): void {
  const report: ReadinessReport = stopping
    ? { ready: false, reasons: ['The server is shutting down.'] }
    : readiness();
  answer(response, report.ready ? 200 : 503, json, JSON.stringify(report), headers);
}

/** `/metrics`, in the text format of Prometheus. */
export async function answerMetrics(response: ServerResponse, { registry }: Metrics): Promise<void> {
  answer(response, 200, registry.contentType, await registry.metrics(), headers);
}
