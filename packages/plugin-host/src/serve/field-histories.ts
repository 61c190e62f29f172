import type { Resolvers, SubscriptionField, SubscriptionHistory } from '@deskgraph/plugin-sdk';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  Kind,
} from 'graphql';

/** A field's history, with the arguments that an operation gives it. */
export interface FieldHistory {
  readonly history: SubscriptionHistory;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The histories that a plugin's subscription fields have, by field. */
export class FieldHistories {
  readonly #histories = new Map<string, SubscriptionHistory>();

  constructor(
    private readonly schema: GraphQLSchema,
    resolvers: Resolvers,
  ) {
    const name = schema.getSubscriptionType()?.name ?? '';
    for (const [field, resolver] of Object.entries(resolvers[name] ?? {})) {
      const { history } = resolver as SubscriptionField;
      if (history !== undefined) this.#histories.set(field, history);
    }
  }

  /** That of the operation's root field; null when it has none. */
  of(document: DocumentNode, variables: Readonly<Record<string, unknown>>): FieldHistory | null {
    const node = rootField(document);
    const history = this.#histories.get(node?.name.value ?? '');
    const field = this.schema.getSubscriptionType()?.getFields()[node?.name.value ?? ''];
    if (node === undefined || history === undefined || field === undefined) return null;
    return { history, args: getArgumentValues(field, node, variables) };
  }
}

function rootField(document: DocumentNode): FieldNode | undefined {
  return getOperationAST(document)?.selectionSet.selections.find(
    (selection): selection is FieldNode => selection.kind === Kind.FIELD,
  );
}
