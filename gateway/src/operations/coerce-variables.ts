import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import type { ClientError } from '../execution/executable-operation.js';
import { requestError } from './request-errors.js';

/** Coerced variables, or every reason why they cannot be. */
export type CoercedVariables =
  | { readonly values: Readonly<Record<string, unknown>> }
  | { readonly errors: readonly ClientError[] };

const noVariables: CoercedVariables = { values: {} };

/** Compiles CoerceVariableValues (GraphQL spec, section 6.1.2) for one operation. */
export function compileVariableCoercion(
  schema: GraphQLSchema,
  definition: OperationDefinitionNode,
): (raw: Readonly<Record<string, unknown>> | null | undefined) => CoercedVariables {
  const definitions = definition.variableDefinitions ?? [];
  if (definitions.length === 0) return () => noVariables;
  return (raw) => {
    const { coerced, errors } = getVariableValues(schema, definitions, raw ?? {});
    return errors === undefined
      ? { values: coerced }
      : { errors: errors.map((error) => requestError(error, 'BAD_USER_INPUT')) };
  };
}
