import { execute, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import type {
  PreparedFetch,
  SubgraphOperation,
  SubgraphResponse,
  SubgraphTransport,
} from '../../src/subgraphs/transport.js';

/**
 * A subgraph that graphql-js executes in this process. As a server would, it refuses operations that its schema
 * does not allow, so that a plan or variables that no real subgraph takes are found here.
 */
export class GraphqlJsTransport implements SubgraphTransport {
  constructor(
    readonly serviceName: string,
    private readonly schema: GraphQLSchema,
    private readonly onCall: (operation: string, variables: Record<string, unknown>) => void = () => {},
  ) {}

  prepare({ text }: SubgraphOperation): PreparedFetch {
    const document = parse(text);
    const problems = validate(this.schema, document);
    return {
      send: async (variables) => {
        const values = variables.value();
        this.onCall(text, values);
        if (problems.length > 0) return { errors: problems.map(toError) };
        return overWire(await execute({ schema: this.schema, document, variableValues: values }));
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Nothing is shared with the records that resolvers returned. */
function overWire({
  data,
  errors,
}: {
  data?: unknown;
  errors?: readonly GraphQLError[] | undefined;
}): SubgraphResponse {
  const copy = JSON.parse(JSON.stringify({ data: data ?? null })) as { data: Record<string, unknown> | null };
  return errors ? { ...copy, errors: errors.map(toError) } : copy;
}

function toError({ message, path, extensions }: GraphQLError) {
  return { message, extensions, ...(path === undefined ? {} : { path }) };
}
