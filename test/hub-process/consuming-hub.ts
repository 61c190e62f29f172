import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoToken, GraphClient } from './graph-client.js';
import { HubProcess, temporaryDataDir } from './hub-process.js';

const plugins = fileURLToPath(new URL('../../hub-process/fixtures', import.meta.url));

/** Settings of a hub whose plugins `ledger` and `points` consume `order.paid`. */
export interface ConsumingHubOptions {
  /** Of a PostgreSQL that outlives the hub; absent: the embedded one. */
  readonly databaseUrl?: string;
  /** `redisUrl` or `natsUrl`; absent: PostgreSQL is the bus. */
  readonly bus?: object;
}

/** The real hub with two plugins that consume the same events, and a configured sender `shop`. */
export class ConsumingHub implements AsyncDisposable {
  private constructor(
    private readonly directory: Awaited<ReturnType<typeof temporaryDataDir>>,
    private process: HubProcess,
    /** The configuration file, which names the hub for commands beside it. */
    readonly config: string,
    /** Of the sender `shop`, which may send `order.*`. */
    readonly secret: string,
  ) {}

  static async start({ databaseUrl, bus }: ConsumingHubOptions = {}): Promise<ConsumingHub> {
    const directory = await temporaryDataDir();
    const config = join(directory.path, 'hub.yaml');
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const settings = {
      dataDir: directory.path,
      pluginDirectories: [plugins],
      events: { ...bus, webhooks: { shop: { secrets: [secret], types: ['order.*'] } } },
      ...(databaseUrl !== undefined && { databaseUrl }),
    };
    await writeFile(config, JSON.stringify(settings));
    const hub = await HubProcess.start(directory.path, ['-c', config]);
    return new ConsumingHub(directory, hub, config, secret);
  }

  get url(): string {
    return this.process.url;
  }

  get dataDir(): string {
    return this.directory.path;
  }

  stop(): Promise<unknown> {
    return this.process.end('SIGTERM');
  }

  async restart(): Promise<void> {
    await this.stop();
    this.process = await HubProcess.start(this.directory.path, ['-c', this.config]);
  }

  /** Subjects of the orders that a plugin has handled, in order. */
  async handledBy(plugin: 'ledger' | 'points'): Promise<readonly string[]> {
    return (await (await this.#client()).data(`{ ${plugin} }`))[plugin] as string[];
  }

  /** Asks until a plugin has handled an order. */
  async untilHandled(plugin: 'ledger' | 'points', subject: string): Promise<readonly string[]> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      const handled = await this.handledBy(plugin);
      if (handled.includes(subject)) return handled;
    }
    throw new Error(`${plugin} has not handled ${subject}`);
  }

  /** Says whether a plugin can handle poisoned orders. */
  async mend(plugin: 'ledger' | 'points', mended: boolean): Promise<void> {
    await (await this.#client()).data(`mutation { ${plugin}Mended(mended: ${mended}) }`);
  }

  /** The value of a metric, labels included; undefined when it is not there. */
  async metric(name: string): Promise<number | undefined> {
    const lines = (await (await fetch(`${this.url}/metrics`)).text()).split('\n');
    const line = lines.find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }

  async #client(): Promise<GraphClient> {
    return new GraphClient(this.url, await demoToken(this.url));
  }
}
