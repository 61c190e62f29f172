/**
 * A value as an environment variable writes it: JSON where it is JSON of another type than text (`5432`,
 * `true`, `["a"]`), else the text itself.
 */
export function environmentValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
