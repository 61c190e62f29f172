import { join, relative } from 'node:path';
import { Command } from 'commander';
import { createPlugin } from '../create-plugin.js';
import { writePluginTypes } from '../plugin-types/write-plugin-types.js';
import { addToBuild, linkPackages } from '../workspace.js';

/** `deskgraph plugin`: help for plugin authors. */
export function pluginCommand(): Command {
  return new Command('plugin')
    .description('Help for plugin authors')
    .addCommand(createCommand())
    .addCommand(typesCommand());
}

function createCommand(): Command {
  return new Command('create')
    .description('Write the smallest plugin and its test into plugins/NAME')
    .argument('<name>', 'lower case letters, digits and hyphens')
    .action(async (name: string) => {
      const root = process.cwd();
      const files = await createPlugin({ name, directory: 'plugins' });
      await addToBuild(root, name);
      await linkPackages(root);
      console.log(`Wrote ${files.join(', ')}

  npm test -- ${join('plugins', name)}     runs its tests
  npm start${' '.repeat(name.length + 16)}serves it with the others`);
    });
}

function typesCommand(): Command {
  return new Command('types')
    .description('Write the types of the events that plugin.json declares into src/plugin-events.ts')
    .argument('[directories...]', 'plugin folders, or folders of them', ['plugins'])
    .action(async (directories: string[]) => {
      for (const { file, outcome } of await writePluginTypes(directories)) {
        console.log(`${relative(process.cwd(), file)} ${outcome}`);
      }
    });
}
