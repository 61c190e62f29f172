import type { CommandResult } from '../hub-process/run-command.js';

/** What a command wrote with --json. */
// biome-ignore lint/suspicious/noExplicitAny: as the command documents it
export function jsonLines({ stdout }: CommandResult): any[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
