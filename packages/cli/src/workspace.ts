import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

interface Project {
  readonly references: readonly { readonly path: string }[];
}

/** Makes the build include a plugin of the workspace. Once is enough; again changes nothing. */
export async function addToBuild(root: string, name: string): Promise<void> {
  const file = join(root, 'packages/tsconfig.json');
  const project = JSON.parse(await readFile(file, 'utf8')) as Project;
  const reference = { path: `../plugins/${name}` };
  if (project.references.some(({ path }) => path === reference.path)) return;
  const last = project.references.findLastIndex(({ path }) => path.startsWith('../plugins/'));
  const references = project.references.toSpliced(last + 1, 0, reference);
  await writeFile(file, `${JSON.stringify({ ...project, references }, null, 2)}\n`);
}

/** Links a new plugin to the packages it uses. @throws DeskgraphError INTERNAL_ERROR when pnpm fails */
export async function linkPackages(root: string): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const command = ['--yes', packageManager, '--filter', '!@deskgraph/bench', 'install', '--prefer-offline'];
  const { status } = spawnSync('npx', command, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  throw new DeskgraphError('INTERNAL_ERROR', `npx ${command.join(' ')} failed; run it again in ${root}.`);
}
