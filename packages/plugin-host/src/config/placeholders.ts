import { environmentValue } from './environment-value.js';

/** A placeholder whose variable is not set. */
export interface UnsetVariable {
  readonly path: readonly string[];
  readonly variable: string;
}

const placeholder = /\$?\$\{(\w+)\}/g;

/**
 * Replaces `${NAME}` in the texts of a value by environment variables; `$${NAME}` stands for the text `${NAME}`.
 * A text that is one placeholder becomes a number, boolean or list where the schema wants one.
 */
export function fillPlaceholders(
  value: unknown,
  schema: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly value: unknown; readonly unset: readonly UnsetVariable[] } {
  const unset: UnsetVariable[] = [];
  const fill = (node: unknown, at: unknown, path: readonly string[]): unknown => {
    if (typeof node === 'string') return fillText(node, at, path);
    if (Array.isArray(node)) {
      const items = (at as { items?: unknown } | undefined)?.items;
      return node.map((item, index) => fill(item, items, [...path, String(index)]));
    }
    if (typeof node !== 'object' || node === null) return node;
    const properties = (at as { properties?: Record<string, unknown> } | undefined)?.properties;
    return Object.fromEntries(
      Object.entries(node).map(([key, member]) => [key, fill(member, properties?.[key], [...path, key])]),
    );
  };
  const fillText = (text: string, at: unknown, path: readonly string[]): unknown => {
    const filled = text.replace(placeholder, (match, variable: string) => {
      if (match.startsWith('$$')) return match.slice(1);
      const found = environment[variable];
      if (found === undefined) unset.push({ path, variable });
      return found ?? '';
    });
    const whole = filled !== text && /^\$\{\w+\}$/.test(text);
    return whole && !wantsText(at) ? environmentValue(filled) : filled;
  };
  return { value: fill(value, schema, []), unset };
}

function wantsText(schema: unknown): boolean {
  const type = (schema as { type?: unknown } | undefined)?.type;
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
}
