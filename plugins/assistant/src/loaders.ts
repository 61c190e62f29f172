import { groupLoader, type RequestContext, rowLoader } from '@deskgraph/plugin-sdk';
import type DataLoader from 'dataloader';
import type { RecommendationReader } from './store/recommendation-reader.js';
import type { RecommendationRow, Status, TemplateRow } from './store/rows.js';
import type { TemplateStore } from './store/template-store.js';

/** One statement for everything of a kind that one call into the plugin needs. */
export interface Loaders {
  readonly template: DataLoader<string, TemplateRow | null>;
  readonly recommendation: DataLoader<string, RecommendationRow | null>;
  /** Those of a conversation; null for any status. */
  recommendationsOf(conversationId: string, status: Status | null): Promise<readonly RecommendationRow[]>;
}

/** Gives each request its own loaders. */
export function loadersFor(
  templates: TemplateStore,
  reader: RecommendationReader,
): (context: RequestContext) => Loaders {
  const create = (): Loaders => {
    const byStatus = new Map<Status | null, DataLoader<string, readonly RecommendationRow[]>>();
    const ofStatus = (status: Status | null) =>
      groupLoader<RecommendationRow>(
        (ids) => reader.ofConversations(ids, status),
        ({ conversation_id }) => conversation_id,
      );
    return {
      template: rowLoader(
        (ids) => templates.byIds(ids),
        ({ id }) => id,
      ),
      recommendation: rowLoader(
        (ids) => reader.byIds(ids),
        ({ id }) => id,
      ),
      recommendationsOf: (conversationId, status) => {
        const loader = byStatus.get(status) ?? ofStatus(status);
        byStatus.set(status, loader);
        return loader.load(conversationId);
      },
    };
  };
  return (context) => context.scoped(create);
}
