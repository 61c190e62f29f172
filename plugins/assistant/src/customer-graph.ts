import type { GraphClient } from '@deskgraph/plugin-sdk';

/** A customer, and where they are being talked to. */
export interface Addressee {
  readonly id: string;
  readonly name: string;
  /** BCP 47; null when it is not known. */
  readonly language: string | null;
  /** The open conversation that changed last; null when none is open. */
  readonly conversationId: string | null;
}

interface Nodes<Node> {
  readonly nodes: readonly Node[];
}

const addresseeQuery = `query Addressee($id: ID!) {
  customer(id: $id) { id name language conversations(first: 20) { nodes { id status } } }
}`;

interface AddresseeData {
  readonly customer:
    | (Omit<Addressee, 'conversationId'> & {
        readonly conversations: Nodes<{ readonly id: string; readonly status: string }> | null;
      })
    | null;
}

const wordsQuery = `query LastWords($id: ID!) {
  conversation(id: $id) { messages(last: 20) { nodes { kind text sender { kind } } } }
}`;

interface WordsData {
  readonly conversation: {
    readonly messages: Nodes<{
      readonly kind: string;
      readonly text: string;
      readonly sender: { readonly kind: string };
    }> | null;
  } | null;
}

const statusQuery = 'query Status($id: ID!) { conversation(id: $id) { status } }';

interface StatusData {
  readonly conversation: { readonly status: string } | null;
}

/** Asks the graph about customers and their conversations; knows none of the plugins that answer. */
export class CustomerGraph {
  constructor(private readonly graph: GraphClient) {}

  /** Null when there is no such customer. @throws Error when the graph cannot say */
  async addressee(customerId: string, signal: AbortSignal): Promise<Addressee | null> {
    const { customer } = await this.#ask<AddresseeData>(addresseeQuery, customerId, signal);
    if (customer === null) return null;
    const { id, name, language, conversations } = customer;
    const open = conversations?.nodes.find(({ status }) => status === 'OPEN');
    return { id, name, language, conversationId: open?.id ?? null };
  }

  /** What the customer wrote last, the newest first. @throws Error when the graph cannot say */
  async customersWords(conversationId: string, signal: AbortSignal): Promise<readonly string[]> {
    const { conversation } = await this.#ask<WordsData>(wordsQuery, conversationId, signal);
    const messages = conversation?.messages?.nodes ?? [];
    return messages
      .filter(({ kind, sender }) => kind === 'TEXT' && sender.kind === 'VISITOR')
      .map(({ text }) => text)
      .reverse();
  }

  /** Whether the conversation is open; one that is not there is not. @throws Error when the graph cannot say */
  async isOpen(conversationId: string, signal: AbortSignal): Promise<boolean> {
    const { conversation } = await this.#ask<StatusData>(statusQuery, conversationId, signal);
    return conversation?.status === 'OPEN';
  }

  /** An answer with a hole in it is no answer: the event is handled again when the graph is whole. */
  async #ask<Data>(document: string, id: string, signal: AbortSignal): Promise<Data> {
    const { data, errors } = await this.graph.query<Data>(document, { id }, { signal });
    if (data !== null && (errors === undefined || errors.length === 0)) return data;
    const [first] = errors ?? [];
    const code = first?.extensions?.code ?? 'no code';
    throw new Error(`The graph could not answer (${code}): ${first?.message ?? 'it gave no data'}`);
  }
}
