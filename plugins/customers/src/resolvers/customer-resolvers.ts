import type { PageArguments, Resolvers, TypeResolvers } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import { requireScope } from '../permission.js';
import type { CompanyRow, ContactPointRow, CustomerRow, NoteRow } from '../store/rows.js';
import type { Stores } from '../stores.js';

type LoadersOf = ReturnType<typeof loadersFor>;

/** Fields and references of the plugin's types. */
export function customerResolvers(stores: Stores): Resolvers {
  const loaders = loadersFor(stores);
  return {
    Customer: customerFields(loaders),
    Company: {
      __resolveReference: ({ id }: { id: string }, context) => {
        requireScope(context, 'customers:read');
        return loaders(context).companyById.load(id);
      },
      customers: ({ id }: CompanyRow, args: PageArguments, context) => {
        requireScope(context, 'customers:read');
        return loaders(context).customersOf(id, args);
      },
    },
    ContactPoint: {
      primary: ({ is_primary }: ContactPointRow) => is_primary,
    },
    Note: {
      authorId: ({ author_id }: NoteRow) => author_id,
      createdAt: ({ created_at }: NoteRow) => created_at.toISOString(),
    },
  };
}

function customerFields(loaders: LoadersOf): TypeResolvers {
  return {
    __resolveReference: ({ id, email }: { id?: string; email?: string | null }, context) => {
      requireScope(context, 'customers:read');
      const { customerById, customerByEmail } = loaders(context);
      return id !== undefined ? customerById.load(id) : customerByEmail.load(email ?? '');
    },
    company: ({ company_id }: CustomerRow, _args, context) =>
      company_id === null ? null : loaders(context).companyById.load(company_id),
    contactPoints: ({ id }: CustomerRow, _args, context) => loaders(context).contactPointsOf.load(id),
    tags: async ({ id }: CustomerRow, _args, context) =>
      (await loaders(context).tagsOf.load(id)).map(({ tag }) => tag),
    notes: ({ id }: CustomerRow, args: PageArguments, context) => {
      requireScope(context, 'customers:read');
      return loaders(context).notesOf(id, args);
    },
    createdAt: ({ created_at }: CustomerRow) => created_at.toISOString(),
    updatedAt: ({ updated_at }: CustomerRow) => updated_at.toISOString(),
  };
}
