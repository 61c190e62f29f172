import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with SQL files, as a plugin has it. */
export class MigrationFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes one with the files given: name to SQL. */
  static async with(files: Readonly<Record<string, string>>): Promise<MigrationFolder> {
    const folder = new MigrationFolder(await mkdtemp(join(tmpdir(), 'deskgraph-migrations-')));
    for (const [name, sql] of Object.entries(files)) await folder.write(name, sql);
    return folder;
  }

  /** Writes a file. @returns its path */
  async write(name: string, sql: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, sql);
    return path;
  }

  /** Removes a file. */
  async remove(name: string): Promise<void> {
    await rm(join(this.path, name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
