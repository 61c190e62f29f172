import { isCollection, isMap, isPair, LineCounter, parseDocument } from 'yaml';

/** A YAML or JSON document that knows where each of its values stands. */
export interface LocatedDocument {
  /** The document as plain values; `{}` when it is empty. */
  readonly value: unknown;
  /** Syntax errors as `file:line:column: message`. */
  readonly problems: readonly string[];
  /** `file:line:column` of the value at a path, or of the nearest parent that exists. */
  locate(path: readonly (string | number)[]): string;
}

/** Parses YAML 1.2, of which JSON is a subset. */
export function parseLocated(text: string, file: string): LocatedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${line}:${col}`;
  };
  return {
    value: document.errors.length > 0 ? {} : (document.toJS() ?? {}),
    problems: document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`),
    locate: (path) => at(offsetOf(document.contents, path)),
  };
}

function offsetOf(node: unknown, path: readonly (string | number)[]): number | undefined {
  const [key, ...rest] = path;
  const own = (node as { range?: readonly number[] } | null)?.range?.[0];
  if (key === undefined || !isCollection(node)) return own;
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && String(item.key) === String(key));
    if (pair === undefined) return own;
    const keyOffset = (pair.key as { range?: readonly number[] } | null)?.range?.[0];
    return rest.length === 0 ? keyOffset : (offsetOf(pair.value, rest) ?? keyOffset);
  }
  return offsetOf(node.items[Number(key)], rest) ?? own;
}
