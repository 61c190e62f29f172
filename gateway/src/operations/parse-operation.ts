import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  separateOperations,
  specifiedRules,
  type ValidationContext,
  validate,
} from 'graphql';
import type { ClientError } from '../execution/executable-operation.js';
import type { OperationSource } from '../supergraph/generation.js';
import { requestError } from './request-errors.js';

/** Tokens a document may have; far above what people write, far below what hurts. */
const maxTokens = 10_000;

/** One operation of a document, checked. */
export interface ParsedOperation {
  readonly kind: 'parsed';
  /** The operation and the fragments it uses, nothing else. */
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
}

/** Parses and validates; collects every problem with code and location. */
export function parseOperation(
  source: OperationSource,
  schema: GraphQLSchema,
): ParsedOperation | { readonly kind: 'refused'; readonly errors: readonly ClientError[] } {
  let document: DocumentNode;
  try {
    document = parse(source.query, { maxTokens });
  } catch (error) {
    return refused([requestError(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')]);
  }
  const problems = validate(schema, document, [...specifiedRules, noPrototypeAlias]);
  if (problems.length > 0) {
    return refused(problems.map((problem) => requestError(problem, 'GRAPHQL_VALIDATION_FAILED')));
  }
  const definition = getOperationAST(document, source.operationName);
  if (!definition) return refused([missingOperation(document, source.operationName)]);
  const separated = separateOperations(document)[definition.name?.value ?? ''] ?? document;
  return { kind: 'parsed', document: separated, definition };
}

function refused(errors: readonly ClientError[]) {
  return { kind: 'refused' as const, errors };
}

function missingOperation(document: DocumentNode, wanted: string | null): ClientError {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? '(anonymous)'] : [],
  );
  const message =
    wanted === null
      ? `The document has ${names.length} operations (${names.join(', ')}); name one in operationName.`
      : `The document has no operation "${wanted}"; it has ${names.join(', ')}.`;
  return { message, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } };
}

/** An alias of this name would set a prototype instead of a property while answers are merged. */
function noPrototypeAlias(context: ValidationContext) {
  return {
    Field(node: { readonly alias?: { readonly value: string } | undefined }) {
      if (node.alias?.value !== '__proto__') return;
      context.reportError(new GraphQLError('"__proto__" cannot be an alias.', { nodes: [node as never] }));
    },
  };
}
