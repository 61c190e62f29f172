/** What counts as a number: no exponent, no leading zeros (0012 is a name), at most 40 characters. */
const decimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;
const maxLength = 40;

/** Whether the text is a decimal number: `-12`, `0.50`. */
export function isDecimal(text: string): boolean {
  return text.length <= maxLength && decimal.test(text);
}

/**
 * Compares two decimals exactly: `100` and `100.00` are equal, `0.1` and `0.10000000000000001` are not.
 * @returns below, at or above 0 as `left` is less, equal or more; null unless both are decimals
 */
export function compareDecimals(left: string, right: string): number | null {
  if (!isDecimal(left) || !isDecimal(right)) return null;
  const places = Math.max(fractionOf(left).length, fractionOf(right).length);
  const difference = scaled(left, places) - scaled(right, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function fractionOf(text: string): string {
  return decimal.exec(text)?.[3] ?? '';
}

function scaled(text: string, places: number): bigint {
  const [, sign = '', whole = '0', fraction = ''] = decimal.exec(text) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`);
}
