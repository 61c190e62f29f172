import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDependencyRules } from './dependency-rules.js';
import { reportSizes } from './sizes.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const biome = spawnSync(join(root, 'node_modules/.bin/biome'), ['check', '--error-on-warnings'], {
  cwd: root,
  stdio: 'inherit',
});
const violations = checkDependencyRules(root);
for (const violation of violations) console.error(`dependency rule: ${violation}`);
console.log(reportSizes(root));
if (biome.status !== 0 || violations.length > 0) process.exitCode = 1;
