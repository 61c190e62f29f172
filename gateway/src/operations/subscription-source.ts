import { type FieldNode, type GraphQLSchema, getArgumentValues, type OperationDefinitionNode } from 'graphql';
import { findSubscription } from '../execution/compile-operation.js';
import { collectFields, fragmentsOf } from '../execution/projection/collect-fields.js';
import { clientKey } from '../execution/response-key.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import type { ParsedOperation } from './parse-operation.js';
import type { PlanNode } from './planner.js';
import type { SubscriptionSource } from './prepared-operation.js';

/** Where the events of a planned subscription come from: its `@eventSource` topic, or its subgraph's own stream. */
export function subscriptionSource(
  plan: PlanNode | null,
  parsed: ParsedOperation,
  supergraph: Supergraph,
): SubscriptionSource | undefined {
  const primary = plan === null ? undefined : findSubscription(plan)?.primary;
  if (primary === undefined) return undefined;
  const fetch = {
    serviceName: primary.serviceName,
    operation: { text: primary.operation, kind: 'subscription' as const },
    variableUsages: primary.variableUsages ?? [],
  };
  const field = rootField(parsed, supergraph.publicSchema);
  const source = supergraph.eventSources.get(field.name.value);
  if (source === undefined) return { kind: 'upstream', ...fetch };
  return {
    kind: 'events',
    ...fetch,
    responseKey: clientKey((field.alias ?? field.name).value),
    scope: source.scope,
    topic: compileTopic(source.topicTemplate, field, parsed.definition, supergraph.publicSchema),
  };
}

/** A valid subscription has exactly one root field (GraphQL spec, section 5.2.3.1). */
function rootField({ document, definition }: ParsedOperation, schema: GraphQLSchema): FieldNode {
  const type = schema.getSubscriptionType();
  if (!type) throw new TypeError('no Subscription type: validate before preparing');
  const context = { schema, fragments: fragmentsOf(document) };
  const [nodes] = collectFields(context, type, [definition.selectionSet]).values();
  return (nodes as FieldNode[])[0] as FieldNode;
}

/** Compiles `chat.conversation.{args.conversationId}`. An argument that is null or absent becomes `-`. */
function compileTopic(
  template: string,
  field: FieldNode,
  definition: OperationDefinitionNode,
  schema: GraphQLSchema,
): (variables: Readonly<Record<string, unknown>>) => string {
  const fieldDefinition = schema.getRootType(definition.operation)?.getFields()[field.name.value];
  if (!fieldDefinition) throw new TypeError('unknown root field: validate before preparing');
  return (variables) => {
    const values = getArgumentValues(fieldDefinition, field, variables);
    return template.replace(/\{args\.(\w+)\}/g, (_, name: string) => String(values[name] ?? '-'));
  };
}
