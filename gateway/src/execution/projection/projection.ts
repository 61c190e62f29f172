import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ExecutionText } from '../executable-operation.js';
import type { ExecutionState, Variables } from '../execution-state.js';
import { fragmentsOf } from './collect-fields.js';
import { Position } from './position.js';
import { ProjectionState } from './projection-state.js';
import { compileRootWriter, type Writer } from './writers.js';

/** Variants of one operation kept at once; an operation with k condition variables has up to 2^k. */
const maxVariants = 16;

/**
 * Writes the response of one operation as JSON text straight from the merged data: selects what the client
 * asked for in the order it was asked, checks types and propagates nulls (GraphQL spec, sections 6.3 and 6.4.4).
 * Compiled once for each combination of the variables that `@skip` and `@include` name.
 */
export class Projection {
  readonly #variants = new LRUCache<string, Writer>({ max: maxVariants });
  readonly #conditionNames: readonly string[];
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly definition: OperationDefinitionNode,
  ) {
    this.#conditionNames = conditionVariables(document);
    this.#fragments = fragmentsOf(document);
  }

  /** Writes `data` and completes the errors with those of values that do not fit the schema. */
  write(state: ExecutionState): ExecutionText {
    const projection = new ProjectionState(state.errors, state.shared);
    let data = this.#variant(state.variables)(state.data, projection);
    if (data === undefined) {
      projection.nulled(Position.root);
      data = 'null';
    }
    return state.errors.length === 0 ? { data } : { data, errors: state.errors };
  }

  #variant(variables: Variables): Writer {
    const key = this.#conditionNames.map((name) => (variables[name] === true ? '1' : '0')).join('');
    const known = this.#variants.get(key);
    if (known !== undefined) return known;
    const type = this.schema.getRootType(this.definition.operation);
    if (!type)
      throw new TypeError(`no root type for ${this.definition.operation}: validate before compiling`);
    const conditions = Object.fromEntries(
      this.#conditionNames.map((name) => [name, variables[name] === true]),
    );
    const context = { schema: this.schema, fragments: this.#fragments, conditions };
    const writer = compileRootWriter(context, type, this.definition.selectionSet);
    this.#variants.set(key, writer);
    return writer;
  }
}

/** Names of the variables that `@skip` and `@include` use, in document order. */
function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return;
      const value = directive.arguments?.[0]?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
