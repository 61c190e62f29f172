import type { CompanyStore } from './store/company-store.js';
import type { CustomerStore } from './store/customer-store.js';
import type { NoteStore } from './store/note-store.js';

/** What the resolvers read from and write to. */
export interface Stores {
  readonly customers: CustomerStore;
  readonly companies: CompanyStore;
  readonly notes: NoteStore;
}
