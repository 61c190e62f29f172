import { readSources, type Source } from './sources.js';

const maxFileLines = 400;
const maxFunctionLines = 40;

/** Sizes of all sources, and the files and functions above what the house aims for. A report, not a verdict. */
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

const opening =
  /^(\s*)(?:export )?(?:default )?(?:async )?(?:function\*? (\w+)|(?:static |private |async |get |set |\*|#)*(\w+)\()[^;]*$/;

/** By indentation, which the formatter guarantees: a body ends at the first `}` that stands as far in. */
function functionSizes({ path, text }: Source): FunctionSize[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const match = opening.exec(line);
    if (!match || /^(if|for|while|switch|catch|return|await|test|it|describe)$/.test(match[3] ?? ''))
      return [];
    const end = lines.findIndex((candidate, index) => index > start && candidate === `${match[1]}}`);
    const gap = lines.findIndex((candidate, index) => index > start && candidate.trim() === '');
    if (end < 0 || (!line.endsWith('{') && gap >= 0 && gap < start + 2)) return [];
    return [{ path, name: match[2] ?? match[3] ?? '?', lines: end - start + 1 }];
  });
}
