import type { EmbeddedSubgraph, SubgraphCall } from '@deskgraph/plugin-host';
import {
  buildClientSchema,
  type DocumentNode,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  parse,
  validate,
} from 'graphql';

const introspection = parse(getIntrospectionQuery());

/** The documents of a test, parsed and validated once for each subgraph, as the gateway does before it plans. */
export class TestDocuments {
  readonly #schemas = new Map<EmbeddedSubgraph, Promise<GraphQLSchema>>();
  readonly #documents = new Map<string, DocumentNode>();

  /** @throws GraphQLError when the text is no document, Error when it does not fit the subgraph's schema */
  async prepare(subgraph: EmbeddedSubgraph, text: string): Promise<DocumentNode> {
    const key = `${subgraph.name} ${text}`;
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const document = parse(text);
    const errors = validate(await this.schema(subgraph), document);
    if (errors.length > 0) throw new Error(errors.map((error) => error.toString()).join('\n\n'));
    this.#documents.set(key, document);
    return document;
  }

  /** The schema that the subgraph executes, federation's fields included. */
  schema(subgraph: EmbeddedSubgraph): Promise<GraphQLSchema> {
    const known = this.#schemas.get(subgraph) ?? introspect(subgraph);
    this.#schemas.set(subgraph, known);
    return known;
  }
}

async function introspect(subgraph: EmbeddedSubgraph): Promise<GraphQLSchema> {
  const { signal } = new AbortController();
  const call: SubgraphCall = { principal: null, requestId: 'introspection', signal };
  const { data, errors } = await subgraph.execute(introspection, {}, call);
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  return buildClientSchema(data as unknown as IntrospectionQuery);
}
