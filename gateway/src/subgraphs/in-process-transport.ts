import type { EmbeddedSubgraph } from '@deskgraph/plugin-host';
import { type DocumentNode, type ExecutionResult, type GraphQLError, parse } from 'graphql';
import type {
  EventResolution,
  FetchContext,
  FetchVariables,
  PreparedFetch,
  SubgraphError,
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

class InProcessEvents implements EventResolution {
  readonly #documents = new WeakMap<SubgraphOperation, DocumentNode>();

  constructor(private readonly subgraph: EmbeddedSubgraph) {}

  async authorize(operation: SubgraphOperation, variables: FetchVariables, context: FetchContext) {
    const document = this.#parse(operation);
    const errors = await this.subgraph.authorizeSubscription(document, variables.value(), context);
    return errors && errors.length > 0 ? errors.map(toError) : null;
  }

  async resolve(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
    eventData: unknown,
  ): Promise<SubgraphResponse> {
    const document = this.#parse(operation);
    return toResponse(await this.subgraph.execute(document, variables.value(), context, eventData));
  }

  #parse(operation: SubgraphOperation): DocumentNode {
    const known = this.#documents.get(operation);
    if (known !== undefined) return known;
    const document = parse(operation.text, { noLocation: true });
    this.#documents.set(operation, document);
    return document;
  }
}

function toResponse({ data, errors }: ExecutionResult): SubgraphResponse {
  const response = { data: (data ?? null) as Record<string, unknown> | null };
  return errors === undefined ? response : { ...response, errors: errors.map(toError) };
}

function toError({ message, path, extensions }: GraphQLError): SubgraphError {
  return { message, extensions, ...(path === undefined ? {} : { path }) };
}
