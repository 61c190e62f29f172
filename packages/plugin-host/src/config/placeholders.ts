import { environmentValue } from './environment-value.js';

/** A placeholder whose variable is not set. */
export interface UnsetVariable {
  readonly path: readonly string[];
  readonly variable: string;
}

const placeholder = /\$?\$\{(\w+)\}/g;

/**
 * Replaces `${NAME}` in the texts of a value by environment variables; `$${NAME}` stands for the text `${NAME}`.
 * A text that is one placeholder becomes a number, boolean or list where the schema wants one. Texts that the schema
 * says nothing about are left to whoever has a schema for them.
 */
export function fillPlaceholders(
  value: unknown,
  schema: object,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly value: unknown; readonly unset: readonly UnsetVariable[] } {
  const unset: UnsetVariable[] = [];
  const fill = (node: unknown, at: Schema | undefined, path: readonly string[]): unknown => {
    if (at === undefined) return node;
    if (typeof node === 'string') return fillText(node, at, path);
    if (Array.isArray(node)) {
      return node.map((item, index) => fill(item, at.items, [...path, String(index)]));
    }
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, member]) => [key, fill(member, memberSchema(at, key), [...path, key])]),
    );
  };
  const fillText = (text: string, at: Schema, path: readonly string[]): unknown => {
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

/** The part of JSON Schema that matters here. */
interface Schema {
  readonly type?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

function memberSchema({ properties, additionalProperties }: Schema, key: string): Schema | undefined {
  const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return known ?? (typeof additionalProperties === 'object' ? (additionalProperties as Schema) : undefined);
}

function wantsText({ type }: Schema): boolean {
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
}
