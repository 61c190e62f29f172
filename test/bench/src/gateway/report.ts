/** What was measured of one gateway on one workload: medians over the rounds. */
export interface Measurement {
  readonly gateway: string;
  readonly workload: string;
  readonly requestsPerSecond: number;
  /** Requests per second of CPU that the gateway's process used. */
  readonly requestsPerCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number;
}

/** Ours divided by theirs, by workload and peer. */
export type Ratios = Record<string, Record<string, number>>;

/** The ratios of requests per second. */
export function ratiosOf(measurements: readonly Measurement[]): Ratios {
  const ratios: Ratios = {};
  for (const { gateway, workload, requestsPerSecond } of measurements) {
    const ours = measurements.find((other) => other.workload === workload && other.gateway === 'deskgraph');
    if (gateway === 'deskgraph' || ours === undefined) continue;
    ratios[workload] = { ...ratios[workload], [gateway]: round(ours.requestsPerSecond / requestsPerSecond) };
  }
  return ratios;
}

/** A table for people. */
export function table(title: string, measurements: readonly Measurement[]): string {
  const ratios = ratiosOf(measurements);
  const header = [
    'workload',
    'gateway',
    'requests/s',
    'per CPU s',
    'p50 ms',
    'p99 ms',
    'RSS MiB',
    'ours / theirs',
  ];
  const rows = measurements.map((row) => [
    row.workload,
    row.gateway,
    row.requestsPerSecond.toFixed(0),
    row.requestsPerCpuSecond.toFixed(0),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.residentMiB.toFixed(0),
    row.gateway === 'deskgraph' ? '' : `${ratios[row.workload]?.[row.gateway]} x`,
  ]);
  const widths = header.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  return [title, line(header), ...rows.map(line)].join('\n');
}

/** Two digits after the point. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
