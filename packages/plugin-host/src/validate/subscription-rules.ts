import { type ConstDirectiveNode, type GraphQLField, type GraphQLSchema, Kind } from 'graphql';

/**
 * Subscription fields of a plugin name the topic of their events: there is no other stream that the gateway could
 * listen to. Returns problems as `file:line: what to change`.
 */
export function subscriptionProblems(schema: GraphQLSchema, file: string): string[] {
  return Object.values(schema.getSubscriptionType()?.getFields() ?? {}).flatMap((field) => {
    const at = `${file}:${field.astNode?.loc?.startToken.line ?? 1}: Subscription.${field.name}`;
    const topic = topicOf(field);
    if (topic === undefined) {
      return [`${at} has no @eventSource. Add one, such as @eventSource(topic: "shop.order.{args.id}").`];
    }
    return unknownArguments(topic, field).map(
      (name) =>
        `${at}: the topic "${topic}" names the argument "${name}", which the field does not have (it has: ${field.args.map((argument) => argument.name).join(', ') || 'none'}).`,
    );
  });
}

function topicOf(field: GraphQLField<unknown, unknown>): string | undefined {
  const source = field.astNode?.directives?.find(
    ({ name }: ConstDirectiveNode) => name.value === 'eventSource',
  );
  const topic = source?.arguments?.find(({ name }) => name.value === 'topic')?.value;
  return topic?.kind === Kind.STRING ? topic.value : undefined;
}

function unknownArguments(topic: string, field: GraphQLField<unknown, unknown>): string[] {
  const named = [...topic.matchAll(/\{args\.(\w+)\}/g)].map(([, name]) => name as string);
  return named.filter((name) => !field.args.some((argument) => argument.name === name));
}
