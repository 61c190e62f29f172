import type { Logger } from '@deskgraph/plugin-sdk';
import type { ConsumeOptions, Consumer, EventHandler } from '../event-bus.js';
import type { GroupLog } from './group-log.js';
import { GroupRunner } from './group-runner.js';

/** Makes the storage of a group; `types` gives what is consumed here at the moment. */
export type OpenGroupLog = (group: string, types: () => ReadonlySet<string>) => GroupLog;

/** The consumer groups of a process: one runner for each, however many consumers it has. */
export class GroupRunners {
  readonly #runners = new Map<string, GroupRunner>();
  /** Those that end but are not over. */
  readonly #ending = new Set<GroupRunner>();

  constructor(
    private readonly open: OpenGroupLog,
    private readonly options: { readonly log?: Logger | undefined; readonly leaseMs?: number | undefined },
  ) {}

  /** @throws what the storage throws when the group cannot be set up */
  consume(
    group: string,
    types: readonly string[],
    handler: EventHandler,
    options: ConsumeOptions,
  ): Promise<Consumer> {
    const runner = this.#runners.get(group) ?? this.#start(group);
    return runner.add(types, handler, options);
  }

  /** Ends all of them; bounded in time. */
  async close(): Promise<void> {
    await Promise.all([...this.#runners.values(), ...this.#ending].map((runner) => runner.close()));
  }

  #start(group: string): GroupRunner {
    const runner: GroupRunner = new GroupRunner({
      ...this.options,
      group,
      open: (types) => this.open(group, types),
      onEnd: () => {
        if (this.#runners.get(group) === runner) this.#runners.delete(group);
        this.#ending.add(runner);
      },
    });
    this.#runners.set(group, runner);
    return runner;
  }
}
