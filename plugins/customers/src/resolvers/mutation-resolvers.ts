import { DeskgraphError, type Resolver } from '@deskgraph/plugin-sdk';
import { requireScope } from '../permission.js';
import type { CustomerFields } from '../store/customer-store.js';
import type { Stores } from '../stores.js';

const maxNameLength = 200;
const maxLanguageLength = 35;
const maxNoteLength = 10_000;
const maxTagLength = 50;

interface Tagging {
  readonly customerId: string;
  readonly tag: string;
}

/** The plugin's mutations; all need the scope `customers:write`. */
export function mutationResolvers(stores: Stores): Record<string, Resolver> {
  return { ...recordMutations(stores), ...annotationMutations(stores) };
}

/** What a customer is. */
function recordMutations({ customers }: Stores): Record<string, Resolver> {
  return {
    createCustomer: async (_parent, { input }: { input: CustomerFields }, context) => {
      requireScope(context, 'customers:write');
      checkFields(input);
      return { customer: await customers.create(input) };
    },
    updateCustomer: async (
      _parent,
      { input }: { input: CustomerFields & { id: string; version: number } },
      context,
    ) => {
      requireScope(context, 'customers:write');
      checkFields(input);
      return { customer: await customers.update(input.id, input.version, input) };
    },
    addContactPoint: async (
      _parent,
      { input }: { input: { customerId: string; kind: string; value: string; primary: boolean } },
      context,
    ) => {
      requireScope(context, 'customers:write');
      checkLength('value', input.value, maxNameLength);
      return { customer: await customers.addContactPoint(input.customerId, input) };
    },
  };
}

/** What colleagues write down about a customer. */
function annotationMutations({ customers, notes }: Stores): Record<string, Resolver> {
  return {
    addNote: async (_parent, { input }: { input: { customerId: string; text: string } }, context) => {
      const author = requireScope(context, 'customers:write');
      checkLength('text', input.text, maxNoteLength);
      const note = await notes.add(input.customerId, author.id, input.text);
      const [customer] = await customers.byIds([input.customerId]);
      return { note, customer };
    },
    tagCustomer: async (_parent, { customerId, tag }: Tagging, context) => {
      requireScope(context, 'customers:write');
      checkLength('tag', tag, maxTagLength);
      return { customer: await customers.addTag(customerId, tag) };
    },
    untagCustomer: async (_parent, { customerId, tag }: Tagging, context) => {
      requireScope(context, 'customers:write');
      return { customer: await customers.removeTag(customerId, tag) };
    },
  };
}

function checkFields({ name, email, language }: CustomerFields): void {
  if (name === null)
    throw new DeskgraphError('BAD_USER_INPUT', 'A customer needs a name; "name" cannot be null.');
  if (name !== undefined) checkLength('name', name, maxNameLength);
  if (typeof language === 'string') checkLength('language', language, maxLanguageLength);
  if (typeof email === 'string') checkLength('email', email, maxNameLength);
  if (typeof email === 'string' && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new DeskgraphError('BAD_USER_INPUT', `"${email}" is not an e-mail address.`);
  }
}

function checkLength(field: string, value: string, max: number): void {
  if (value.trim() !== '' && value.length <= max && !value.includes('\0')) return;
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    `"${field}" must have 1 to ${max} characters that are not all blank, and none of them U+0000; it has ${value.length}.`,
  );
}
