import { type DocumentNode, type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode } from 'graphql';
import { argumentsOf, graphOfRootField } from './join-graphs.js';
import type { Link } from './link.js';
import type { EventSource, SubgraphEntry } from './supergraph.js';

const specification = 'https://deskgraph.dev/specs/deskgraph';
const scopes = ['SUBJECT', 'ROLE', 'PUBLIC'] as const;

/**
 * Reads `@eventSource` from the fields of the subscription type, under whatever name it was linked.
 * @param problems  gets one line for each application that cannot be used
 */
export function readEventSources(
  document: DocumentNode,
  links: readonly Link[],
  graphs: ReadonlyMap<string, SubgraphEntry>,
  problems: string[],
): ReadonlyMap<string, EventSource> {
  const link = links.find(({ identity }) => identity === specification);
  const name = (link?.nameOf('@eventSource') ?? '@eventSource').slice(1);
  const subscription = subscriptionTypeName(document);
  const sources = new Map<string, EventSource>();
  for (const type of document.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      const directive = field.directives?.find((applied) => applied.name.value === name);
      if (directive === undefined) continue;
      const coordinate = `${type.name.value}.${field.name.value}`;
      if (type.name.value !== subscription) {
        problems.push(`${coordinate}: @${name} is for fields of the subscription type; take it away.`);
        continue;
      }
      const report = (problem: string) => problems.push(`${coordinate}: @${name}${problem}`);
      const source = readEventSource(type, field, argumentsOf(directive), graphs, report);
      if (source !== null) sources.set(field.name.value, source);
    }
  }
  return sources;
}

function readEventSource(
  type: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
  { topic, scope = 'SUBJECT' }: Record<string, unknown>,
  graphs: ReadonlyMap<string, SubgraphEntry>,
  report: (problem: string) => void,
): EventSource | null {
  const known = scopes.find((name) => name === scope);
  const owner = graphs.get(graphOfRootField(type, field) ?? '');
  if (known === undefined) {
    report(`(scope: ${String(scope)}) is unknown; use ${scopes.join(', ')}.`);
    return null;
  }
  if (typeof topic !== 'string' || topic === '') {
    report(' has no topic; give one, such as "orders.{args.id}".');
    return null;
  }
  if (owner === undefined) {
    report(' is on a field that no subgraph resolves.');
    return null;
  }
  const fault = faultOfTemplate(topic, field);
  if (fault !== null) {
    report(`(topic: "${topic}") ${fault}`);
    return null;
  }
  return { serviceName: owner.name, topicTemplate: topic, scope: known };
}

function faultOfTemplate(topic: string, field: FieldDefinitionNode): string | null {
  const known = (field.arguments ?? []).map(({ name }) => name.value);
  for (const [whole, name = ''] of topic.matchAll(/\{([^{}]*)\}/g)) {
    const argument = /^args\.(\w+)$/.exec(name)?.[1];
    if (argument === undefined) return `has ${whole}; the only form is {args.name}.`;
    if (known.includes(argument)) continue;
    const choice = known.length === 0 ? 'none' : known.join(', ');
    return `names the argument "${argument}", which the field does not have (it has: ${choice}).`;
  }
  return /[{}]/.test(topic.replaceAll(/\{[^{}]*\}/g, '')) ? 'has an unbalanced brace.' : null;
}

function subscriptionTypeName(document: DocumentNode): string {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION) continue;
    const root = definition.operationTypes.find(({ operation }) => operation === 'subscription');
    if (root !== undefined) return root.type.name.value;
  }
  return 'Subscription';
}
