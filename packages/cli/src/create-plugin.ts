import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

const templates = fileURLToPath(new URL('../../src/templates/plugin', import.meta.url));
const suffix = '.template';

/** A plugin to write. */
export interface NewPlugin {
  /** Lower case letters, digits and hyphens: `loyalty-points`. */
  readonly name: string;
  /** Folder of plugin folders: `plugins`. */
  readonly directory: string;
}

/**
 * Writes the smallest plugin and its test: one field, named after the plugin, and one setting.
 * @returns the files written, in order of name
 * @throws DeskgraphError BAD_USER_INPUT for a name that cannot be a plugin's, CONFLICT when its folder exists
 */
export async function createPlugin({ name, directory }: NewPlugin): Promise<readonly string[]> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 63) {
    throw new DeskgraphError(
      'BAD_USER_INPUT',
      `"${name}" cannot be a plugin's name. Use lower case letters, digits and single hyphens, a letter first, 63 at most: loyalty-points.`,
    );
  }
  const folder = join(directory, name);
  if (existsSync(folder)) {
    throw new DeskgraphError(
      'CONFLICT',
      `${folder} exists already. Choose another name, or remove it first.`,
    );
  }
  const fill = filler(name);
  const entries = await readdir(templates, { recursive: true });
  const files = entries.filter((entry) => entry.endsWith(suffix)).sort();
  return Promise.all(
    files.map(async (template) => {
      const file = join(folder, fill(template.slice(0, -suffix.length)));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, fill(await readFile(join(templates, template), 'utf8')));
      return file;
    }),
  );
}

/** Replaces `{{name}}` and its forms in a template. */
function filler(name: string): (text: string) => string {
  const field = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const values: Readonly<Record<string, string>> = {
    name,
    field,
    type: field.charAt(0).toUpperCase() + field.slice(1),
    // A key of an object literal needs quotes only when it is no identifier.
    key: name === field ? name : `'${name}'`,
    description: `What ${name} adds to the graph.`,
  };
  return (text) => text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => values[word] as string);
}
