import { database, definePlugin } from '@deskgraph/plugin-sdk';
import { customerResolvers } from './resolvers/customer-resolvers.js';
import { mutationResolvers } from './resolvers/mutation-resolvers.js';
import { queryResolvers } from './resolvers/query-resolvers.js';
import { CompanyStore } from './store/company-store.js';
import { CustomerStore } from './store/customer-store.js';
import { NoteStore } from './store/note-store.js';

const deps = { database };

/** The CRM: who the business's customers are and what is known of them. */
export default definePlugin<unknown, typeof deps>({
  deps,
  start: ({ deps: { database } }) => {
    const stores = {
      customers: new CustomerStore(database),
      companies: new CompanyStore(database),
      notes: new NoteStore(database),
    };
    return {
      resolvers: {
        Query: queryResolvers(stores),
        Mutation: mutationResolvers(stores),
        ...customerResolvers(stores),
      },
    };
  },
});
