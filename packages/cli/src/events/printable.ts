/** C0 and C1 controls and DEL: a terminal may take them for commands. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** A text from elsewhere, fit for a line on a terminal. */
export function printable(text: string): string {
  return text.replace(controls, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON on one line, fit for terminals and still the same JSON. */
export function jsonLine(value: unknown): string {
  return printable(JSON.stringify(value));
}
