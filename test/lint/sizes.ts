import { readSources, type Source } from './sources.js';

const maxFileLines = 400;
const maxFunctionLines = 40;

/**
 * Sizes of all sources, and the files and functions above what the house aims for; functions of tests, which are
 * lists of cases, are not counted. A report, not a verdict.
 */
export function reportSizes(root: string): string {
  const sources = readSources(root);
  const files = sources.map((source) => ({ path: source.path, lines: source.text.split('\n').length - 1 }));
  const functions = sources.flatMap(functionSizes);
  const sorted = functions.map(({ lines }) => lines).sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
  const large = [
    ...files
      .filter(({ lines }) => lines > maxFileLines)
      .map(({ path, lines }) => `  ${path}: ${lines} lines`),
    ...functions
      .filter(({ lines }) => lines > maxFunctionLines)
      .map(({ path, name, lines }) => `  ${path} ${name}: ${lines} lines`),
  ];
  const total = files.reduce((sum, { lines }) => sum + lines, 0);
  return [
    `${files.length} files, ${total} lines; ${functions.length} functions, median ${quantile(0.5)} lines, 90 % under ${quantile(0.9)}`,
    ...(large.length > 0
      ? [`Above ${maxFileLines} lines a file or ${maxFunctionLines} a function:`, ...large]
      : []),
  ].join('\n');
}

interface FunctionSize {
  readonly path: string;
  readonly name: string;
  readonly lines: number;
}

const declaration = /^(\s*)(?:export )?(?:default )?(?:async )?function\*? (\w+)/;
const method = /^(\s+)(?:(?:static|private|async|get|set) |\*|#)*(\w+)\(.*\)(?:: [^=]+)? \{$/;
const statements = new Set(['if', 'for', 'while', 'switch', 'catch']);

/** By indentation, which the formatter guarantees: a body ends at the first `}` that stands as far in. */
function functionSizes({ path, text }: Source): FunctionSize[] {
  if (path.includes('/test/') || path.startsWith('test/')) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const match = declaration.exec(line) ?? method.exec(line);
    if (!match || statements.has(match[2] ?? '')) return [];
    const end = lines.findIndex((candidate, index) => index > start && candidate === `${match[1]}}`);
    return end < 0 ? [] : [{ path, name: match[2] ?? '?', lines: end - start + 1 }];
  });
}
