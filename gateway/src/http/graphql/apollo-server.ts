import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { GatewayCore } from '../../gateway-core.js';
import type { ExchangeContext } from './exchange.js';
import { asApolloGateway, formatError } from './gateway-interface.js';
import { stringifyResult } from './raw-json.js';

/** As many tokens as the gateway's own parser takes. */
const maxTokens = 10_000;

/**
 * Apollo Server with nothing on the way of a request that the gateway does not need.
 *
 * Its validation is off because the gateway validates: once per operation and generation, together with
 * planning, and for WebSocket and SSE too. Two validations of the same text could only differ during a swap,
 * when Apollo Server may hold one schema and the gateway already runs the next.
 * Each default plugin would be called several times per request: all of them are disabled.
 */
export function createApolloServer(core: GatewayCore, log: Logger): ApolloServer<ExchangeContext> {
  return new ApolloServer<ExchangeContext>({
    gateway: asApolloGateway(core, log),
    dangerouslyDisableValidation: true,
    parseOptions: { maxTokens },
    introspection: true,
    // `production`: no stack traces, no page that loads from the internet, whatever NODE_ENV says.
    nodeEnv: 'production',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    formatError,
    stringifyResult,
    logger: apolloLogger(log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

function apolloLogger(log: Logger) {
  const at = (level: keyof Logger) => (message?: unknown) =>
    log[level]({ part: 'apollo-server' }, String(message));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
