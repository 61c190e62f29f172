import {
  DeskgraphError,
  type PageArguments,
  type RequestContext,
  type Resolver,
} from '@deskgraph/plugin-sdk';
import type { Loaders } from '../loaders.js';
import type { EventShape } from '../matching/event-shapes.js';
import { requireScope } from '../permission.js';
import type { DecisionFilter, RecommendationReader } from '../store/recommendation-reader.js';
import type { TemplateFilter, TemplateStore } from '../store/template-store.js';

const maxDecisions = 100;

/** What the queries read from. */
export interface QuerySources {
  readonly templates: TemplateStore;
  readonly reader: RecommendationReader;
  readonly shapes: ReadonlyMap<string, EventShape>;
  readonly loaders: (context: RequestContext) => Loaders;
}

/** The plugin's queries; all need the scope `assistant:read`. */
export function queryResolvers({
  templates,
  reader,
  shapes,
  loaders,
}: QuerySources): Record<string, Resolver> {
  return {
    recommendation: (_parent, { id }: { id: string }, context) => {
      requireScope(context, 'assistant:read');
      return loaders(context).recommendation.load(id);
    },
    replyTemplates: (_parent, args: TemplateFilter & PageArguments, context) => {
      requireScope(context, 'assistant:read');
      return templates.list(args, args);
    },
    replyTemplate: (_parent, { id }: { id: string }, context) => {
      requireScope(context, 'assistant:read');
      return loaders(context).template.load(id);
    },
    replyEventTypes: (_parent, _args, context) => {
      requireScope(context, 'assistant:read');
      return [...shapes.values()];
    },
    replyDecisions: (_parent, { first, ...filter }: DecisionFilter & { first: number }, context) => {
      requireScope(context, 'assistant:read');
      if (first >= 1 && first <= maxDecisions) return reader.decisions(filter, first);
      throw new DeskgraphError(
        'BAD_USER_INPUT',
        `"first" must be from 1 to ${maxDecisions}, found ${first}.`,
      );
    },
  };
}
