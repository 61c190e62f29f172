/** The data of an event; of any shape, because it comes from outside. */
export type EventData = Readonly<Record<string, unknown>>;

/** What a path of names leads to: `total.amount`. Undefined when it leads nowhere; lists have no names. */
export function valueAt(data: unknown, path: string): unknown {
  let found = data;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    if (!Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found ?? undefined;
}

/** A text, number or truth value as text; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}
