import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { ExecutableOperation } from '../execution/executable-operation.js';
import type { SubgraphOperation } from '../subgraphs/transport.js';
import type { CoercedVariables } from './coerce-variables.js';

/** Where a subscription's events come from. */
export type SubscriptionSource =
  | {
      /** An `@eventSource` field: the gateway tails the topic. */
      readonly kind: 'events';
      readonly serviceName: string;
      readonly operation: SubgraphOperation;
      readonly variableUsages: readonly string[];
      /** Response key of the root field, as the client knows it. */
      readonly responseKey: string;
      /** Renders the topic from coerced variables. */
      readonly topic: (variables: Readonly<Record<string, unknown>>) => string;
      /** Who may share one resolution of an event. */
      readonly scope: 'SUBJECT' | 'ROLE' | 'PUBLIC';
    }
  | {
      /** The subgraph's own subscription, passed through. */
      readonly kind: 'upstream';
      readonly serviceName: string;
      readonly operation: SubgraphOperation;
      readonly variableUsages: readonly string[];
    };

/** A client operation that is parsed, validated, planned and compiled for one generation and authorization class. */
export interface PreparedOperation {
  /** Stable over processes: hash of (document, operationName). Names fan-out groups and metrics. */
  readonly hash: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** As planned and written: conditions decided, aliases shielded. */
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly executable: ExecutableOperation;
  /** Set exactly when `kind` is `subscription`. */
  readonly source?: SubscriptionSource;
  /**
   * Coerces raw variables (GraphQL spec, section 6.1.2); collects every problem.
   * @throws DeskgraphError never; the problems come back as errors with code BAD_USER_INPUT.
   */
  coerceVariables(raw: Readonly<Record<string, unknown>> | null | undefined): CoercedVariables;
}
