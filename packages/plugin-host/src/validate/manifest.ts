import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginManifest } from '@deskgraph/plugin-sdk';
import semver from 'semver';
import { compileClosedSchema } from '../config/closed-schema.js';
import { parseLocated } from '../config/located-document.js';

const schemaFile = new URL('../../../../../schema/plugin.schema.json', import.meta.url);
const schema = compileClosedSchema(JSON.parse(readFileSync(schemaFile, 'utf8')));

/** A manifest, or everything that is wrong with it as `file:line:column: message`. */
export type ManifestReading =
  | { readonly manifest: PluginManifest }
  | { readonly problems: readonly string[]; readonly id: string };

/** Reads `plugin.json` of a plugin folder without running any plugin code. */
export function readManifest(directory: string, hubVersion: string): ManifestReading {
  const file = join(directory, 'plugin.json');
  const document = parseLocated(readFileSync(file, 'utf8'), file);
  const value = document.value as PluginManifest;
  const id = typeof value.id === 'string' ? value.id : directory;
  if (document.problems.length > 0) return { problems: document.problems, id };
  const problems = schema
    .check(value)
    .map(({ path, message }) => `${document.locate(path)}: ${path.join('.') || '(top)'}: ${message}`);
  if (problems.length === 0) problems.push(...rules(value, hubVersion).map((rule) => `${file}: ${rule}`));
  return problems.length > 0 ? { problems, id } : { manifest: value };
}

/** What a JSON Schema does not say. */
function rules(manifest: PluginManifest, hubVersion: string): string[] {
  const problems: string[] = [];
  if (semver.valid(manifest.version) === null) {
    problems.push(`version: "${manifest.version}" is not a semantic version, such as 1.0.0`);
  }
  if (semver.validRange(manifest.host) === null) {
    problems.push(`host: "${manifest.host}" is not a semver range, such as ^${hubVersion}`);
  } else if (!semver.satisfies(hubVersion, manifest.host)) {
    problems.push(
      `host: the plugin asks for hub ${manifest.host}, this is ${hubVersion}; install a version that fits`,
    );
  }
  if (manifest.migrations !== undefined && manifest.scopes?.postgres !== true) {
    problems.push('migrations: need "scopes": { "postgres": true }');
  }
  if (manifest.demo !== undefined && manifest.migrations === undefined) {
    problems.push('demo: needs migrations that make the tables');
  }
  return problems;
}
