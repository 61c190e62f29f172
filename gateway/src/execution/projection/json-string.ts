/** Below this length a loop over the characters is faster than JSON.stringify. */
const shortLength = 40;

/** JSON text of a string, exactly as JSON.stringify writes it. */
export function jsonString(value: string): string {
  if (value.length > shortLength) return JSON.stringify(value);
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    const plain = code > 31 && code !== 34 && code !== 92 && (code < 0xd800 || code > 0xdfff);
    if (!plain) return JSON.stringify(value);
  }
  return `"${value}"`;
}
