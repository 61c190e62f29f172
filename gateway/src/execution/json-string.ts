/** Below this length a loop over the characters is faster than a regular expression. */
const shortLength = 24;

/** What JSON.stringify escapes: quotes, backslashes, controls, and surrogates because they may be alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * JSON text of a string, exactly as JSON.stringify writes it. Most strings need no escapes; those are not copied
 * but joined with their quotes.
 */
export function jsonString(value: string): string {
  if (value.length > shortLength) return escaped.test(value) ? JSON.stringify(value) : `"${value}"`;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    const plain = code > 31 && code !== 34 && code !== 92 && (code < 0xd800 || code > 0xdfff);
    if (!plain) return JSON.stringify(value);
  }
  return `"${value}"`;
}
