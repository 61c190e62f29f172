import { createHash } from 'node:crypto';
import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { print } from 'graphql';
import { compileOperation } from '../execution/compile-operation.js';
import type { ClientError } from '../execution/executable-operation.js';
import type { PlanContext } from '../execution/plan-context.js';
import type { OperationSource, Preparation } from '../supergraph/generation.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import { compileVariableCoercion } from './coerce-variables.js';
import type { ParsedOperation } from './parse-operation.js';
import { needsPlan, plannable } from './plannable.js';
import type { Planner, QueryPlan } from './planner.js';
import type { PreparedOperation } from './prepared-operation.js';
import { shieldAliases } from './shield-aliases.js';
import { subscriptionSource } from './subscription-source.js';

/** The generation that an operation is prepared for. */
export interface PreparationContext extends PlanContext {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
}

/**
 * Plans and compiles an operation. Never rejects: a failure is a refusal with a code.
 * @param decided  the operation with its conditions decided: what is planned and written
 * @param parsed  the client's operation: what variables are declared for
 */
export async function prepareOperation(
  source: OperationSource,
  decided: ParsedOperation,
  parsed: ParsedOperation,
  context: PreparationContext,
): Promise<Preparation> {
  try {
    const shielded = shieldAliases(decided);
    const plan = await planOperation(shielded, context);
    if (plan === null && decided.definition.operation === 'subscription')
      return { kind: 'refused', errors: [nothingToFollow] };
    return { kind: 'prepared', operation: compile(source, shielded, parsed, plan, context) };
  } catch (error) {
    return { kind: 'refused', errors: [planningError(error)] };
  }
}

/** GraphQL spec, section 5.2.3.1; `@skip` may leave nothing of a document that validation let through. */
const nothingToFollow: ClientError = {
  message: 'A subscription must select one field; its conditions leave none.',
  extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
};

async function planOperation(
  { document, definition }: ParsedOperation,
  { supergraph, planner }: PreparationContext,
): Promise<QueryPlan | null> {
  if (!needsPlan(document, definition, supergraph.publicSchema)) return null;
  return planner.plan(print(plannable(document)), definition.name?.value ?? null);
}

function compile(
  source: OperationSource,
  shielded: ParsedOperation,
  parsed: ParsedOperation,
  plan: QueryPlan | null,
  context: PreparationContext,
): PreparedOperation {
  const { document, definition } = shielded;
  const schema = context.supergraph.publicSchema;
  const origin = subscriptionSource(plan?.node ?? null, shielded, context.supergraph);
  const text = print(document);
  return {
    hash: createHash('sha256')
      .update(`${source.operationName ?? ''}\n${text}`)
      .digest('hex'),
    kind: definition.operation,
    document,
    definition,
    executable: compileOperation({ ...context, plan, document, definition, schema }),
    coerceVariables: compileVariableCoercion(schema, parsed.definition),
    ...(origin === undefined ? {} : { source: origin }),
  };
}

function planningError(error: unknown) {
  const known = isDeskgraphError(error)
    ? error
    : new DeskgraphError('PLAN_FAILED', 'The operation could not be compiled.', { cause: error });
  return { message: known.message, extensions: { code: known.code } };
}
