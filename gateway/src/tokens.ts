import type { EventBus } from '@deskgraph/events';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { InjectionToken } from 'tsyringe';
import type { GatewayCore } from './gateway-core.js';
import type { HttpFrontend } from './http/http-frontend.js';
import type { Authenticator } from './identity/authenticator.js';
import type { Metrics } from './metrics/metrics.js';
import type { SubscriptionHub } from './subscriptions/subscription-hub.js';
import type { Generations } from './supergraph/generation.js';

/** Names of what the composition root wires. Symbols, so that nothing is constructed by accident. */
export const tokens = {
  log: token<Logger>('log'),
  metrics: token<Metrics>('metrics'),
  bus: token<EventBus>('bus'),
  generations: token<Generations>('generations'),
  authenticator: token<Authenticator>('authenticator'),
  subscriptions: token<SubscriptionHub>('subscriptions'),
  core: token<GatewayCore>('core'),
  http: token<HttpFrontend>('http'),
};

function token<Value>(name: string): InjectionToken<Value> {
  return Symbol(name);
}
