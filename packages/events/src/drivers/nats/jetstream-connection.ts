import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { maxEnvelopeBytes } from '../../envelope-text.js';
import { ConnectionWatch } from './connection-watch.js';
import { isMissing, unavailable } from './failures.js';
import { serverAddress } from './server-address.js';
import { Subjects } from './subjects.js';

/** How a hub connects. */
export interface JetStreamOptions {
  /** `nats://host:4222`; several are separated by commas. */
  readonly url: string;
  /** Begins the names of everything on the server, default `deskgraph`. Hubs that share a server have different ones. */
  readonly name?: string | undefined;
  /** On how many servers of a cluster streams are kept when they are made here, default 1. */
  readonly replicas?: number | undefined;
  readonly log?: Logger | undefined;
}

/** How the stream of events stands. */
export interface LogState {
  /** Names this stream: one that is made anew has another. */
  readonly epoch: string;
  /** Of the first event that is kept; one after the last when none is. */
  readonly first: number;
  readonly last: number;
  /** Milliseconds since 1970 of the first event that is kept, or of the last one when none is; null if there was none. */
  readonly reachesBackTo: number | null;
  readonly messages: number;
  readonly bytes: number;
}

const requestTimeoutMs = 4_000;
const pingEveryMs = 5_000;
const keptFor = 24 * 3_600e9;
const recognisedFor = 120e9;
const deadRecognisedFor = 3_600e9;

/** A connection to a server with JetStream that has, or gets, the streams of a hub. It reconnects by itself. */
export class JetStreamConnection implements AsyncDisposable {
  readonly client: JetStreamClient;
  readonly watch: ConnectionWatch;
  #patienceMs = 3_000;

  /** @throws DeskgraphError EVENT_BUS_UNAVAILABLE, CONFIG_INVALID */
  static async open(options: JetStreamOptions): Promise<JetStreamConnection> {
    const subjects = new Subjects(checkedName(options.name ?? 'deskgraph'));
    const address = serverAddress(options.url);
    const nats = await connect({
      ...address,
      name: 'deskgraph',
      timeout: requestTimeoutMs,
      pingInterval: pingEveryMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      reconnectJitter: 200,
      // A stack trace for each request costs more than the request.
      noAsyncTraces: true,
    }).catch((error: unknown) => {
      throw unavailable(error);
    });
    try {
      checkServer(nats);
      const manager = await jetstreamManager(nats, { timeout: requestTimeoutMs });
      const connection = new JetStreamConnection(nats, manager, subjects, options);
      await connection.state();
      return connection;
    } catch (error) {
      await nats.close();
      throw unavailable(error);
    }
  }

  private constructor(
    readonly nats: NatsConnection,
    readonly manager: JetStreamManager,
    readonly subjects: Subjects,
    private readonly options: JetStreamOptions,
  ) {
    this.client = jetstream(nats, { timeout: requestTimeoutMs });
    this.watch = new ConnectionWatch(nats, options.log);
  }

  /** From now on nobody waits for a connection that is lost. */
  hurry(): void {
    this.#patienceMs = 0;
  }

  /**
   * Asks the server, again when a stream was missing that then was made. Waits 3 s for a connection that is lost.
   * @throws DeskgraphError EVENT_BUS_UNAVAILABLE; the server's answer is its cause
   */
  async ask<T>(work: () => Promise<T>): Promise<T> {
    await this.watch.connected(this.#patienceMs);
    try {
      return await this.watch.unlessLost(work()).catch(async (error: unknown) => {
        if (!isMissing(error)) throw error;
        await this.#makeStreams();
        return this.watch.unlessLost(work());
      });
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async state(): Promise<LogState> {
    const { created, state } = await this.ask(() => this.manager.streams.info(this.subjects.eventStream));
    const { messages, bytes, first_seq, last_seq, first_ts, last_ts } = state;
    const reachesBackTo = last_seq === 0 ? null : Date.parse(messages > 0 ? first_ts : last_ts);
    return {
      epoch: Date.parse(created).toString(36),
      first: messages > 0 ? first_seq : last_seq + 1,
      last: last_seq,
      reachesBackTo,
      messages,
      bytes,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nats.close();
  }

  /** Streams that are there stay as they are: operators may have changed them. */
  async #makeStreams(): Promise<void> {
    const { eventStream, groupStream, deadStream, allEvents, allGroups, allDead } = this.subjects;
    await this.#make({
      name: eventStream,
      subjects: [allEvents],
      max_age: keptFor,
      duplicate_window: recognisedFor,
    });
    await this.#make({ name: groupStream, subjects: [allGroups], max_msgs_per_subject: 1 });
    await this.#make({ name: deadStream, subjects: [allDead], duplicate_window: deadRecognisedFor });
  }

  async #make(config: Pick<StreamConfig, 'name'> & Partial<StreamConfig>): Promise<void> {
    const { streams } = this.manager;
    const found = await streams.info(config.name).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (found === null) {
      await streams.add({ ...config, storage: 'file', num_replicas: this.options.replicas ?? 1 });
    }
  }
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  throw new DeskgraphError('CONFIG_INVALID', `"${name}" cannot name streams; use letters, digits, _ and -.`);
}

/** Events of any size that is allowed must fit. */
function checkServer({ info }: NatsConnection): void {
  const needed = maxEnvelopeBytes + 8 * 1024;
  if (info === undefined || info.max_payload >= needed) return;
  throw new Error(`its max_payload is ${info.max_payload}; at least ${needed} is needed`);
}
