import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PluginManifest } from '@deskgraph/plugin-sdk';
import semver from 'semver';
import { compileClosedSchema, type SchemaProblem } from '../config/closed-schema.js';
import { parseLocated } from '../config/located-document.js';

const schemaFile = new URL('../../../../../schema/plugin.schema.json', import.meta.url);
const schema = compileClosedSchema(JSON.parse(readFileSync(schemaFile, 'utf8')));

/** What is wrong with a manifest, and as much of it as could be read. */
export interface UnusableManifest {
  readonly code: 'MANIFEST_INVALID' | 'PLUGIN_INCOMPATIBLE';
  /** Each as `file:line:column: key: what to change`. */
  readonly problems: readonly string[];
  /** The plugin's id, or its folder's name when the manifest has none. */
  readonly id: string;
  readonly version: string;
  readonly failure: 'required' | 'optional';
}

/** Reads `plugin.json` of a plugin folder without running any plugin code. */
export function readManifest(
  directory: string,
  hubVersion: string,
): { readonly manifest: PluginManifest } | UnusableManifest {
  const file = join(directory, 'plugin.json');
  const text = readText(file);
  const document = parseLocated(text, file);
  const value = document.value as PluginManifest;
  const report = (found: readonly SchemaProblem[]) =>
    found.map(({ path, message }) => `${document.locate(path)}: ${path.join('.') || '(top)'}: ${message}`);
  const unusable = (code: UnusableManifest['code'], problems: readonly string[]): UnusableManifest => ({
    code,
    problems,
    id: typeof value.id === 'string' ? value.id : basename(directory),
    version: typeof value.version === 'string' ? value.version : '?',
    failure: value.failure === 'required' ? 'required' : 'optional',
  });
  if (document.problems.length > 0) return unusable('MANIFEST_INVALID', document.problems);
  const syntax = jsonError(text);
  if (syntax !== null) return unusable('MANIFEST_INVALID', [`${file}: ${syntax}`]);
  const misfits = schema.check(value);
  if (misfits.length > 0) return unusable('MANIFEST_INVALID', report(misfits));
  const broken = brokenRules(value, hubVersion);
  if (broken.length > 0) return unusable('MANIFEST_INVALID', report(broken));
  if (semver.satisfies(hubVersion, value.host, { includePrerelease: true })) return { manifest: value };
  const message = `the plugin asks for hub ${value.host}, this is ${hubVersion}; install a version of the plugin that fits`;
  return unusable('PLUGIN_INCOMPATIBLE', report([{ path: ['host'], message }]));
}

/** YAML's parser, which knows the lines, lets more pass than JSON allows. */
function jsonError(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** An unreadable file is one that says nothing. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** What a JSON Schema does not say. */
function brokenRules(manifest: PluginManifest, hubVersion: string): SchemaProblem[] {
  const { version, host, scopes, migrations, demo, id, requires = [] } = manifest;
  const rules: [broken: boolean, key: string, message: string][] = [
    [semver.valid(version) === null, 'version', `"${version}" is not a semantic version, such as 1.0.0`],
    [semver.validRange(host) === null, 'host', `"${host}" is not a semver range, such as ^${hubVersion}`],
    [
      migrations !== undefined && scopes?.postgres !== true,
      'migrations',
      'need "scopes": { "postgres": true }',
    ],
    [demo !== undefined && migrations === undefined, 'demo', 'needs migrations that make the tables'],
    [requires.includes(id), 'requires', 'a plugin cannot require itself'],
  ];
  return rules.flatMap(([broken, key, message]) => (broken ? [{ path: [key], message }] : []));
}
