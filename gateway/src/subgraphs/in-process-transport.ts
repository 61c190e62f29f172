import type { EmbeddedSubgraph } from '@deskgraph/plugin-host';
import { type DocumentNode, type ExecutionResult, type GraphQLError, Kind, parse } from 'graphql';
import type {
  EventResolution,
  FetchContext,
  FetchVariables,
  PreparedFetch,
  SubgraphError,
  SubgraphHistory,
  SubgraphOperation,
  SubgraphResponse,
  SubgraphTransport,
} from './transport.js';

/** Reaches an embedded plugin: no HTTP and no JSON text in between. */
export class InProcessTransport implements SubgraphTransport {
  readonly serviceName: string;
  readonly events: EventResolution;

  constructor(private readonly subgraph: EmbeddedSubgraph) {
    this.serviceName = subgraph.name;
    this.events = new InProcessEvents(subgraph);
  }

  prepare(operation: SubgraphOperation): PreparedFetch {
    const document = parse(operation.text, { noLocation: true });
    return {
      send: async (variables, context) =>
        toResponse(await this.subgraph.execute(document, variables.value(), context)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A parsed subscription operation and the field that events stand for. */
interface ParsedSubscription {
  readonly document: DocumentNode;
  readonly fieldName: string;
}

class InProcessEvents implements EventResolution {
  readonly #parsed = new WeakMap<SubgraphOperation, ParsedSubscription>();

  constructor(private readonly subgraph: EmbeddedSubgraph) {}

  async authorize(operation: SubgraphOperation, variables: FetchVariables, context: FetchContext) {
    const { document } = this.#parse(operation);
    const errors = await this.subgraph.authorizeSubscription(document, variables.value(), context);
    return errors && errors.length > 0 ? errors.map(toError) : null;
  }

  async resolve(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
    eventData: unknown,
  ): Promise<SubgraphResponse> {
    const { document, fieldName } = this.#parse(operation);
    const root = { [fieldName]: eventData };
    return toResponse(await this.subgraph.execute(document, variables.value(), context, root));
  }

  history(operation: SubgraphOperation, variables: FetchVariables): SubgraphHistory | null {
    return this.subgraph.history(this.#parse(operation).document, variables.value());
  }

  #parse(operation: SubgraphOperation): ParsedSubscription {
    const known = this.#parsed.get(operation);
    if (known !== undefined) return known;
    const document = parse(operation.text, { noLocation: true });
    const parsed = { document, fieldName: rootFieldName(document) };
    this.#parsed.set(operation, parsed);
    return parsed;
  }
}

function rootFieldName(document: DocumentNode): string {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind === Kind.FIELD) return selection.name.value;
    }
  }
  throw new TypeError('a planned subscription has a root field');
}

function toResponse({ data, errors }: ExecutionResult): SubgraphResponse {
  const response = { data: (data ?? null) as Record<string, unknown> | null };
  return errors === undefined ? response : { ...response, errors: errors.map(toError) };
}

function toError({ message, path, extensions }: GraphQLError): SubgraphError {
  return { message, extensions, ...(path === undefined ? {} : { path }) };
}
