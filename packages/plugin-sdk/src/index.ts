export type { Database, Row, SqlDatabase, SqlRunner, Transaction } from './database.js';
export type { DeclaredEvents, NoEvents } from './declared-events.js';
export {
  definePlugin,
  type PluginDefinition,
  type StartContext,
  type StartedPlugin,
} from './define-plugin.js';
export {
  type Dependencies,
  type Dependency,
  type DependencyId,
  type DependencyValues,
  database,
  events,
  graph,
  http,
  log,
} from './dependency.js';
export { DeskgraphError, isDeskgraphError } from './deskgraph-error.js';
export {
  type ErrorCode,
  type ErrorEntry,
  errorCatalogue,
} from './error-catalogue.js';
export type { EventPublisher, OutgoingEvent } from './event-publisher.js';
export type { GraphClient, GraphError, GraphResult } from './graph-client.js';
export type { Health } from './health.js';
export { createHttpClient, type HttpClientOptions } from './http/create-http-client.js';
export type {
  HttpClient,
  HttpRequest,
  HttpResponse,
} from './http/http-client.js';
export { groupLoader } from './loading/group-loader.js';
export { type PagedList, pageLoader } from './loading/page-loader.js';
export { rowLoader } from './loading/row-loader.js';
export type { Logger } from './logger.js';
export type { EventDeclaration, PluginManifest } from './manifest.js';
export { type Connection, toConnection } from './pagination/connection.js';
export { decodeCursor, encodeCursor } from './pagination/cursor.js';
export { type KeyColumn, type KeysetClauses, keysetClauses } from './pagination/keyset.js';
export { type Page, type PageArguments, type PageLimits, parsePage } from './pagination/page.js';
export type { Principal } from './principal.js';
export type {
  NumberedEvent,
  ReferenceResolver,
  RequestContext,
  Resolver,
  Resolvers,
  SubscriptionField,
  SubscriptionHistory,
  TypeResolvers,
} from './resolvers.js';
export { Secret } from './secret.js';
export type { EventContext, EventSubscriber, EventSubscribers, IncomingEvent } from './subscribers.js';
