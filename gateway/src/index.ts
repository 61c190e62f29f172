export type { WebhookSender } from './http/webhook/sender.js';
export { type BesideHub, openBesideHub, openOutbox } from './hub/beside-hub.js';
export { composePlugins } from './hub/compose-plugins.js';
export { type RunningHub, startHub } from './hub/hub.js';
export { knownSenders } from './hub/open-webhook.js';
export { type HubSettings, readSettings } from './hub/settings.js';
export { welcomeQuery } from './hub/welcome-query.js';
export { DemoAuthenticator } from './identity/demo-authenticator.js';
export { createLogger, type LoggingOptions, type RootLogger } from './logging.js';
export {
  type RunningServer,
  type StandaloneOptions,
  type SupergraphOrigin,
  startStandaloneGateway,
} from './standalone.js';
export { composeSubgraphs } from './supergraph/composition/compose-subgraphs.js';
export { describeProblem } from './supergraph/composition/subgraph-definition.js';
export { readSupergraph } from './supergraph/read-supergraph.js';
