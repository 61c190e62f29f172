import { posix } from 'node:path';
import { readSources, type Source } from './sources.js';

/** House rule 1: who may import whom. Dependencies point down only. */
type Layer = 'package' | 'plugin' | 'gateway' | 'cli' | 'test';

const mayImport: Readonly<Record<Layer, readonly Layer[]>> = {
  package: ['package'],
  plugin: ['package'],
  gateway: ['package', 'gateway'],
  // The command starts the gateway; nothing else knows it.
  cli: ['package', 'gateway'],
  test: ['package', 'gateway', 'cli', 'test'],
};

/** Elastic-licensed; allowed as peers in the benchmarks only. */
const forbiddenPackages = [
  '@apollo/gateway',
  '@apollo/composition',
  '@apollo/query-planner',
  '@apollo/query-graphs',
];

/** Every import that breaks a rule, as `file: what and why`. */
export function checkDependencyRules(root: string): string[] {
  return readSources(root).flatMap((source) =>
    imports(source).flatMap((specifier) => problem(source.path, specifier) ?? []),
  );
}

function imports({ text }: Source): string[] {
  const pattern =
    /(?:^|\s)(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|import\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}

function problem(path: string, specifier: string): string | undefined {
  if (forbiddenPackages.includes(specifier))
    return `${path}: ${specifier} is not open source (Elastic licence).`;
  if (specifier.startsWith('.')) return projectEscape(path, specifier);
  const from = layerOfPath(path);
  const to = layerOfPackage(specifier);
  if (to === undefined || mayImport[from].includes(to)) return undefined;
  return `${path}: a ${from} must not import ${specifier} (${to}).`;
}

/** A relative import must stay in its own project. */
function projectEscape(path: string, specifier: string): string | undefined {
  const home = projectOf(path);
  const target = posix.join(posix.dirname(path), specifier);
  return target.startsWith(`${home}/`)
    ? undefined
    : `${path}: ${specifier} leaves ${home}; import the package.`;
}

function projectOf(path: string): string {
  const [top, name] = path.split('/');
  return top === 'gateway' || top === 'test' ? top : `${top}/${name}`;
}

function layerOfPath(path: string): Layer {
  if (path.startsWith('packages/cli/')) return 'cli';
  if (path.startsWith('packages/')) return 'package';
  if (path.startsWith('plugins/')) return 'plugin';
  return path.startsWith('gateway/') ? 'gateway' : 'test';
}

const packages = new Set(['plugin-sdk', 'plugin-host', 'plugin-testing']);

function layerOfPackage(specifier: string): Layer | undefined {
  const name = /^@deskgraph\/([^/]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  if (name === 'gateway' || name === 'cli' || name === 'test') return name;
  return name.startsWith('plugin-') && !packages.has(name) ? 'plugin' : 'package';
}
