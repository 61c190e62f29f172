import { DeskgraphError, isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { type DocumentNode, type ExecutionResult, GraphQLError } from 'graphql';
import type { EmbeddedHistory, EmbeddedSubgraph, SubgraphCall } from '../embedded-subgraph.js';
import type { PluginState } from '../plugin-state.js';
import type { ValidPlugin } from '../validate/validate-plugin.js';
import { reportBlocking } from './blocking.js';
import { CallGuard } from './call-guard.js';
import type { PluginSchema } from './plugin-schema.js';
import { CallContext } from './request-context.js';
import { publicError } from './resolver-errors.js';

/** What a plugin is at the moment, as far as calls into it are concerned. */
export interface Serving {
  readonly state: PluginState;
  /** Null until it has started. */
  readonly schema: PluginSchema | null;
  /** Told when so many calls fail that they are paused, and when they go through again. */
  onCircuit(open: boolean): void;
}

type Operation<T> = (schema: PluginSchema, context: CallContext) => T | Promise<T>;

/** A plugin as a subgraph in this process. */
export class PluginCalls implements EmbeddedSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly optional: boolean;
  readonly #guard: CallGuard;
  #inFlight = 0;
  #called = false;
  #whenIdle: (() => void)[] = [];

  constructor(
    plugin: ValidPlugin,
    private readonly serving: Serving,
    private readonly log: Logger,
  ) {
    this.name = plugin.manifest.id;
    this.sdl = plugin.sdl.text;
    this.optional = plugin.manifest.failure !== 'required';
    this.#guard = new CallGuard(plugin.manifest, (open) => serving.onCircuit(open));
  }

  async execute(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    call: SubgraphCall,
    rootValue?: unknown,
  ): Promise<ExecutionResult> {
    try {
      const result = await this.#call(call, (schema, context) =>
        schema.execute(document, variables, context, rootValue),
      );
      return result.errors === undefined ? result : { ...result, errors: this.#public(result.errors, call) };
    } catch (error) {
      return { errors: [this.#failure(error, call)] };
    }
  }

  async authorizeSubscription(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    call: SubgraphCall,
  ): Promise<readonly GraphQLError[] | null> {
    try {
      const errors = await this.#call(call, (schema, context) =>
        schema.authorizeSubscription(document, variables, context),
      );
      return errors && this.#public(errors, call);
    } catch (error) {
      return [this.#failure(error, call)];
    }
  }

  history(document: DocumentNode, variables: Readonly<Record<string, unknown>>): EmbeddedHistory | null {
    const found = this.serving.schema?.history(document, variables) ?? null;
    if (found === null) return null;
    const { history, args } = found;
    return {
      sequenceOf: (data) => history.sequenceOf(data),
      last: (call) => this.#ask(call, (_schema, context) => history.last(args, context)),
      read: (range, call) => this.#ask(call, (_schema, context) => history.read(args, range, context)),
    };
  }

  /** Whether there were calls since this was asked last. */
  takeBusy(): boolean {
    const busy = this.#called;
    this.#called = this.#inFlight > 0;
    return busy;
  }

  /** Resolves when no call is in flight. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** As `#call`; rejects with what a client may know. */
  async #ask<T>(call: SubgraphCall, operation: Operation<T>): Promise<T> {
    try {
      return await this.#call(call, operation);
    } catch (error) {
      if (isDeskgraphError(error)) throw error;
      throw new DeskgraphError('INTERNAL_ERROR', this.#failure(error, call).message, { cause: error });
    }
  }

  async #call<T>(call: SubgraphCall, operation: Operation<T>): Promise<T> {
    const { schema } = this.serving;
    if (schema === null) throw this.#unavailable();
    this.#inFlight++;
    this.#called = true;
    const context = new CallContext(call, this.log);
    try {
      return await this.#guard.run(
        () => reportBlocking(this.log, this.name, 'serve', () => operation(schema, context)),
        () => context.expire(),
      );
    } finally {
      context.end();
      this.#inFlight--;
      if (this.#inFlight === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  #public(errors: readonly GraphQLError[], call: SubgraphCall): GraphQLError[] {
    return errors.map((error) => publicError(error, this.name, call.requestId, this.log));
  }

  #failure(error: unknown, call: SubgraphCall): GraphQLError {
    if (isDeskgraphError(error)) return new GraphQLError(error.message, { extensions: { code: error.code } });
    const wrapped = new GraphQLError('call failed', {
      originalError: error instanceof Error ? error : new Error(String(error)),
    });
    return publicError(wrapped, this.name, call.requestId, this.log);
  }

  #unavailable(): DeskgraphError {
    const { state } = this.serving;
    const reason =
      state.name === 'failed' ? `failed to ${state.phase}: ${state.error.message}` : `is ${state.name}`;
    return new DeskgraphError('PLUGIN_UNAVAILABLE', `Plugin ${this.name} is not ready: it ${reason}`);
  }
}
