import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const timeoutMs = 60_000;

/** What a command did. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `deskgraph` as an operator types it, in a process of its own. */
export class RunningCommand {
  readonly #child;
  readonly #changes = new EventEmitter();
  readonly #closed: Promise<unknown>;
  #ended = false;
  #stdout = '';
  #stderr = '';

  /** Starts it with `input` on stdin; it is ended after a minute. */
  constructor(args: readonly string[], input = '') {
    this.#child = spawn(process.execPath, ['packages/cli/bin/deskgraph.mjs', ...args], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: '', DESKGRAPH_DATA_DIR: '', PORT: '' },
      timeout: timeoutMs,
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#changes.emit('change');
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#changes.emit('change');
    });
    this.#child.stdin.on('error', () => {});
    this.#child.stdin.end(input);
    this.#closed = once(this.#child, 'close').then(() => {
      this.#ended = true;
      this.#changes.emit('change');
    });
  }

  /** Resolves as soon as it has written the text. @throws Error when it ends without */
  async until(text: string): Promise<void> {
    while (!`${this.#stdout}${this.#stderr}`.includes(text)) {
      if (this.#ended) throw new Error(`It never wrote ${text}:\n${this.#stdout}${this.#stderr}`);
      await once(this.#changes, 'change');
    }
  }

  /** Closes its stdout, as `head` does when it has seen enough. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }

  /** Sends a signal, when one is given, and waits for the end. */
  async end(signal?: NodeJS.Signals): Promise<CommandResult> {
    if (signal !== undefined) this.#child.kill(signal);
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs it to its end. */
export function runCommand(args: readonly string[], input?: string): Promise<CommandResult> {
  return new RunningCommand(args, input).end();
}
