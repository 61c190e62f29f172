import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const startTimeoutMs = 60_000;

/** The hub as an operator runs it: the command, in a process of its own. */
export class HubProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    /** `http://127.0.0.1:<port>` */
    readonly url: string,
    /** What it printed until it was ready. */
    readonly report: string,
  ) {}

  /**
   * @param dataDir  its data directory; the same one again continues where another hub left off
   * @param environment  more of it, such as DATABASE_URL for several hubs on one database
   */
  static async start(
    dataDir: string,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<HubProcess> {
    const child = spawn(process.execPath, ['packages/cli/bin/deskgraph.mjs', 'start', ...args], {
      cwd: root,
      env: {
        ...process.env,
        PORT: '0',
        DESKGRAPH_DATA_DIR: dataDir,
        DATABASE_URL: '',
        DESKGRAPH_LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const report = await untilReady(child);
    const url = /GraphQL\s+(http:\/\/[^/]+)/.exec(report)?.[1];
    if (url === undefined) throw new Error(`The hub's report has no URL:\n${report}`);
    return new HubProcess(child, url, report);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly tookMs: number }> {
    const begin = performance.now();
    const { exitCode, signalCode } = this.child;
    if (exitCode === null && signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill(signal);
      await ended;
    }
    return { code: this.child.exitCode, tookMs: performance.now() - begin };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
  }
}

/** The report, once it is complete; rejects with everything that was printed when the hub does not get there. */
function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => reject(new Error(`${reason}:\n${output}`));
    const timer = setTimeout(() => fail('The hub was not ready in time'), startTimeoutMs);
    child.once('exit', (code) => fail(`The hub ended with exit code ${code}`));
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (!output.includes('Ctrl-C stops it.')) return;
      clearTimeout(timer);
      resolve(output);
    });
  });
}

/** A data directory that is removed at the end. */
export async function temporaryDataDir(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'deskgraph-hub-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
