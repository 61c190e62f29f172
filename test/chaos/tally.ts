/** What became of what was sent. All but what is counted before `lost` should be zero. */
export interface Tally {
  readonly scenario: string;
  readonly kills: string;
  readonly sent: number;
  /** Seconds over which it was sent. */
  readonly seconds: number;
  /** Receivers that should have everything. */
  readonly receivers: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
}

/** Compares what was received with what was sent, in order. */
export function compare(
  sent: readonly string[],
  received: readonly string[],
): Pick<Tally, 'lost' | 'duplicated' | 'outOfOrder'> {
  const place = new Map(sent.map((item, index) => [item, index]));
  const distinct = [...new Set(received)];
  const places = distinct.map((item) => place.get(item) ?? -1);
  return {
    lost: sent.length - places.filter((found) => found >= 0).length,
    duplicated: received.length - distinct.length,
    outOfOrder: places.filter((found, index) => index > 0 && found < (places[index - 1] as number)).length,
  };
}

/** Sums up what several receivers found. */
export function sum(parts: readonly ReturnType<typeof compare>[]): ReturnType<typeof compare> {
  const total = (name: keyof ReturnType<typeof compare>) =>
    parts.reduce((count, part) => count + part[name], 0);
  return { lost: total('lost'), duplicated: total('duplicated'), outOfOrder: total('outOfOrder') };
}

/** Whether nothing went wrong. */
export const isClean = ({ lost, duplicated, outOfOrder }: Tally): boolean =>
  lost + duplicated + outOfOrder === 0;
