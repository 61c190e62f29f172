import { authorizationClass } from './authorization-class.js';
import type { CallerContext, GatewayCore, OperationOutcome, OperationRequest } from './gateway-core.js';
import { resumePointOf } from './subscriptions/resume-point.js';
import type { PreparedSubscription } from './subscriptions/subscription.js';
import type { SubscriptionHub } from './subscriptions/subscription-hub.js';
import type { Generation, Generations, OperationSource } from './supergraph/generation.js';

/** The gateway's core: every transport's requests run here, on the generation that is current. */
export class Gateway implements GatewayCore {
  constructor(
    private readonly generations: Generations,
    private readonly subscriptions: SubscriptionHub,
  ) {}

  get publicSchema() {
    return this.generations.current.supergraph.publicSchema;
  }

  get supergraphSdl() {
    return this.generations.current.supergraph.sdl;
  }

  onGeneration(listener: Parameters<GatewayCore['onGeneration']>[0]): () => void {
    const tell = ({ supergraph }: Generation) => listener(supergraph.publicSchema, supergraph.sdl);
    tell(this.generations.current);
    return this.generations.onSwap(tell);
  }

  async run(request: OperationRequest, caller: CallerContext): Promise<OperationOutcome> {
    const generation = this.generations.current;
    const stay = generation.enter();
    try {
      const source = sourceOf(request);
      const preparation = await generation.prepare(source, authorizationClass(caller.principal));
      if (preparation.kind === 'refused') return preparation;
      const { operation } = preparation;
      const coerced = operation.coerceVariables(request.variables);
      if ('errors' in coerced) return { kind: 'refused', errors: coerced.errors };
      if (operation.kind === 'subscription') {
        return await this.#subscribe(request, caller, { prepared: operation, generation }, coerced.values);
      }
      return { kind: 'result', result: await operation.executable.execute(coerced.values, caller) };
    } finally {
      stay[Symbol.dispose]();
    }
  }

  async #subscribe(
    request: OperationRequest,
    caller: CallerContext,
    subscription: PreparedSubscription,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<OperationOutcome> {
    const outcome = await this.subscriptions.subscribe({
      ...subscription,
      variables,
      caller,
      resume: resumePointOf(request),
      renew: () => this.#renew(request, caller),
    });
    if ('refused' in outcome) return { kind: 'refused', errors: outcome.refused };
    return { kind: 'stream', results: outcome.results };
  }

  /** Stays inside until the caller has entered: a further swap meanwhile must not end what it is given. */
  async #renew(request: OperationRequest, caller: CallerContext) {
    const generation = this.generations.current;
    const stay = generation.enter();
    try {
      const source = sourceOf(request);
      const preparation = await generation.prepare(source, authorizationClass(caller.principal));
      if (preparation.kind === 'refused') return { errors: preparation.errors };
      return { prepared: preparation.operation, generation };
    } finally {
      setImmediate(() => stay[Symbol.dispose]());
    }
  }
}

function sourceOf({ query, operationName, variables }: OperationRequest): OperationSource {
  return { query, operationName: operationName ?? null, variables };
}
