import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { ClientError, ExecutionText } from '../executable-operation.js';
import type { ExecutionState } from '../execution-state.js';
import { clientPath } from '../response-key.js';
import { fragmentsOf } from './collect-fields.js';
import { Position } from './position.js';
import { ProjectionState } from './projection-state.js';
import { compileRootWriter, type Writer } from './writers.js';

/**
 * Writes the response of one operation as JSON text straight from the merged data: selects what the client
 * asked for in the order it was asked, checks types and propagates nulls (GraphQL spec, sections 6.3 and 6.4.4).
 */
export class Projection {
  readonly #write: Writer;

  /** The document has no `@skip` or `@include` left. */
  constructor(schema: GraphQLSchema, document: DocumentNode, definition: OperationDefinitionNode) {
    const type = schema.getRootType(definition.operation);
    if (!type) throw new TypeError(`no root type for ${definition.operation}: validate before compiling`);
    const context = { schema, fragments: fragmentsOf(document) };
    this.#write = compileRootWriter(context, type, definition.selectionSet);
  }

  /** Writes `data` and completes the errors with those of values that do not fit the schema. */
  write(state: ExecutionState): ExecutionText {
    const projection = new ProjectionState(state.errors, state.shared);
    let data = this.#write(state.data, projection);
    if (data === undefined) {
      projection.nulled(Position.root);
      data = 'null';
    }
    join(data);
    return state.errors.length === 0 ? { data } : { data, errors: state.errors.map(forClient) };
  }
}

/**
 * V8 keeps concatenated text as a tree of its parts until a character of it is read. Whoever holds the text would hold
 * all parts, and the garbage collector would copy them around: for a large response more work than writing it.
 */
function join(text: string): void {
  text.charCodeAt(text.length - 1);
}

function forClient(error: ClientError): ClientError {
  return error.path === undefined ? error : { ...error, path: clientPath(error.path) };
}
