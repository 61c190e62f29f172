/** A string without control characters, noncharacters and lone surrogates (CloudEvents 1.0, section 3.1.2). */
export function isAttributeString(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return printableAscii.test(value) || !(forbidden.test(value) || loneSurrogate.test(value));
}

/** Nearly all attributes, and quicker to tell. */
const printableAscii = /^[ -~]*$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const forbidden = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef]|\p{Noncharacter_Code_Point}/u;
const loneSurrogate = /\p{Surrogate}/u;

/** A URI or relative reference by the characters of RFC 3986, not empty. */
export function isUriReference(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !notInUri.test(value) && !badEscape.test(value);
}

const notInUri = /[^\w\-.~:/?#[\]@!$&'()*+,;=%]/;
const badEscape = /%(?![\da-f]{2})/i;

/** A URI with a scheme (RFC 3986, section 4.3). */
export function isAbsoluteUri(value: unknown): value is string {
  return isUriReference(value) && /^[a-z][a-z\d+.-]*:/i.test(value);
}

const timestamp = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** A date and time of RFC 3339, section 5.6, on a day that exists. */
export function isTimestamp(value: unknown): value is string {
  const found = typeof value === 'string' ? timestamp.exec(value) : null;
  if (found === null) return false;
  const [year, month, day] = found.slice(1, 4).map(Number) as [number, number, number];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= lastDay;
}

/** `version-traceid-parentid-flags` (W3C Trace Context, section 3.2). */
export function isTraceparent(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(-.*)?$/.test(value)
  );
}
