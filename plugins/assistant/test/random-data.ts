/** Random JSON for property tests; a failure prints the seed, and DESKGRAPH_TEST_SEED repeats it. */
export const seed = Number(process.env.DESKGRAPH_TEST_SEED ?? Date.now() % 1_000_000);

let state = seed;

/** From 0 up to 1, the same for the same seed (mulberry32). */
export function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

/** One of the values. */
export function pick<T>(values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

const names = [
  'orderId',
  'number',
  'customerId',
  'total',
  'amount',
  'currency',
  'items',
  'name',
  'refund',
  'carrier',
  'trackingNumber',
  'expectedOn',
  '__proto__',
  'constructor',
  'toString',
  'length',
];
const scalars: readonly unknown[] = [
  '',
  ' ',
  '{{total}}',
  '{{',
  '}}',
  '{{customer.name}}{{order.number}}',
  '$&$1$$',
  '\u0000',
  '\ud83d',
  '\u202Egnp.exe',
  'line\nline',
  '1280.00',
  '0012',
  '1e400',
  '-0',
  '99999999999999999999999999999999999999999999999999',
  'CNY',
  'XXX',
  '2026-02-30',
  '2026-11-28',
  '李伟',
  'x'.repeat(5_000),
  0,
  -0,
  1e21,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  false,
  null,
  undefined,
];

/** A value that is no object, of any kind. */
export const randomScalar = (): unknown => pick(scalars);

/** Data of the right shape with random values in it, or of any shape, often with the names that templates look for. */
export function randomData(depth = 3): unknown {
  if (depth === 3 && random() < 0.5) {
    const money = () => ({ amount: randomScalar(), currency: randomScalar() });
    return { number: randomScalar(), total: money(), refund: money(), carrier: randomScalar() };
  }
  const kind = random();
  if (depth === 0 || kind < 0.4) return randomScalar();
  if (kind < 0.55) return Array.from({ length: Math.floor(random() * 4) }, () => randomData(depth - 1));
  const object: Record<string, unknown> = {};
  for (let count = Math.floor(random() * 8); count > 0; count--) {
    Object.defineProperty(object, pick(names), {
      value: randomData(depth - 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}
