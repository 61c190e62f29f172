import 'reflect-metadata';
import type { EventBus } from '@deskgraph/events';
import type { Logger } from '@deskgraph/plugin-sdk';
import { type DependencyContainer, container as globalContainer, instanceCachingFactory } from 'tsyringe';
import { Gateway } from './gateway.js';
import { createHttpServer } from './http/create-http-server.js';
import type { IdeOptions } from './http/ide/ide-options.js';
import type { HttpLimits } from './http/limits.js';
import type { Readiness } from './http/probes.js';
import type { WebhookEndpoint } from './http/webhook/webhook-endpoint.js';
import type { Authenticator } from './identity/authenticator.js';
import type { Metrics } from './metrics/metrics.js';
import { SubscriptionMetrics } from './metrics/subscription-metrics.js';
import { SubscriptionHub } from './subscriptions/subscription-hub.js';
import type { Generations } from './supergraph/generation.js';
import { tokens } from './tokens.js';

/** What exists before wiring: everything that is opened asynchronously, and settings. */
export interface GatewayParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly bus: EventBus;
  readonly generations: Generations;
  readonly authenticator: Authenticator;
  readonly readiness: Readiness;
  readonly ide: IdeOptions | false;
  readonly limits: Partial<HttpLimits>;
  /** Absent where there is no hub to take events. */
  readonly webhook?: WebhookEndpoint;
}

/**
 * Wires a gateway: the only place that knows which class is behind which token. A container of its own for each
 * process; tsyringe's global one stays empty.
 */
export function wireGateway(parts: GatewayParts): DependencyContainer {
  const root = globalContainer.createChildContainer();
  root.register(tokens.log, { useValue: parts.log });
  root.register(tokens.metrics, { useValue: parts.metrics });
  root.register(tokens.bus, { useValue: parts.bus });
  root.register(tokens.generations, { useValue: parts.generations });
  root.register(tokens.authenticator, { useValue: parts.authenticator });
  root.register(tokens.subscriptions, {
    useFactory: instanceCachingFactory(
      (c) =>
        new SubscriptionHub(
          c.resolve(tokens.bus),
          c.resolve(tokens.generations),
          new SubscriptionMetrics(c.resolve(tokens.metrics).registry, c.resolve(tokens.log)),
        ),
    ),
  });
  root.register(tokens.core, {
    useFactory: instanceCachingFactory(
      (c) => new Gateway(c.resolve(tokens.generations), c.resolve(tokens.subscriptions)),
    ),
  });
  root.register(tokens.http, {
    useFactory: instanceCachingFactory((c) =>
      createHttpServer({
        core: c.resolve(tokens.core),
        authenticator: c.resolve(tokens.authenticator),
        metrics: c.resolve(tokens.metrics),
        log: c.resolve(tokens.log),
        readiness: parts.readiness,
        ide: parts.ide,
        limits: parts.limits,
        webhook: parts.webhook ?? null,
      }),
    ),
  });
  return root;
}
