import type { PageArguments, Resolver } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import { requireScope } from '../permission.js';
import type { CustomerFilter } from '../store/customer-store.js';
import type { Stores } from '../stores.js';

/** The plugin's queries; all need the scope `customers:read`. */
export function queryResolvers(stores: Stores): Record<string, Resolver> {
  const loaders = loadersFor(stores);
  return {
    customer: (_parent, { id }: { id: string }, context) => {
      requireScope(context, 'customers:read');
      return loaders(context).customerById.load(id);
    },
    customerByEmail: (_parent, { email }: { email: string }, context) => {
      requireScope(context, 'customers:read');
      return loaders(context).customerByEmail.load(email);
    },
    customers: (_parent, args: CustomerFilter & PageArguments, context) => {
      requireScope(context, 'customers:read');
      return stores.customers.list(args, args);
    },
    companies: (_parent, args: { search?: string | null } & PageArguments, context) => {
      requireScope(context, 'customers:read');
      return stores.companies.list(args.search, args);
    },
  };
}
