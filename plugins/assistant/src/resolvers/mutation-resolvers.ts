import { DeskgraphError, type Resolver } from '@deskgraph/plugin-sdk';
import type { EventShape } from '../matching/event-shapes.js';
import { requireScope } from '../permission.js';
import type { Answered, Answers } from '../store/answers.js';
import type { TemplateFields, TemplateStore } from '../store/template-store.js';
import { checkTemplate, merged, type TemplateChanges } from './template-input.js';

const maxTextLength = 20_000;

/** What the mutations change. */
export interface MutationTargets {
  readonly answers: Answers;
  readonly templates: TemplateStore;
  readonly shapes: ReadonlyMap<string, EventShape>;
}

/** The plugin's mutations; all need the scope `assistant:write`. */
export function mutationResolvers(targets: MutationTargets): Record<string, Resolver> {
  return { ...answerMutations(targets), ...templateMutations(targets) };
}

/** What agents do with recommendations. None of these sends anything. */
function answerMutations({ answers }: MutationTargets): Record<string, Resolver> {
  return {
    acceptRecommendation: async (
      _parent,
      { id, finalText = null }: { id: string; finalText?: string | null },
      context,
    ) => {
      const agent = requireScope(context, 'assistant:write');
      if (finalText !== null) checkText(finalText);
      const answered = await answers.answer(agent.id, id, { status: 'ACCEPTED', finalText });
      return answerResult('RecommendationAccepted', answered);
    },
    dismissRecommendation: async (_parent, { id, reason }: { id: string; reason: string }, context) => {
      const agent = requireScope(context, 'assistant:write');
      const answered = await answers.answer(agent.id, id, { status: 'DISMISSED', reason });
      return answerResult('RecommendationDismissed', answered);
    },
  };
}

function templateMutations({ templates, shapes }: MutationTargets): Record<string, Resolver> {
  return {
    createReplyTemplate: async (_parent, { input }: { input: TemplateFields }, context) => {
      requireScope(context, 'assistant:write');
      return { template: await templates.create(checkTemplate(input, shapes)) };
    },
    updateReplyTemplate: async (
      _parent,
      { input: { id, version, ...changes } }: { input: TemplateChanges & { id: string; version: number } },
      context,
    ) => {
      requireScope(context, 'assistant:write');
      const merge = (current: TemplateFields) => checkTemplate(merged(current, changes), shapes);
      return { template: await templates.update(id, version, merge) };
    },
    deleteReplyTemplate: async (_parent, { id }: { id: string }, context) => {
      requireScope(context, 'assistant:write');
      return { id, deleted: await templates.delete(id) };
    },
  };
}

function answerResult(whenCounted: string, { counts, recommendation }: Answered): object {
  const __typename = counts ? whenCounted : 'RecommendationNotOpen';
  return { __typename, recommendation, text: recommendation.final_text };
}

function checkText(text: string): void {
  if (text.trim() !== '' && text.length <= maxTextLength && !text.includes('\0')) return;
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    `"finalText" must have 1 to ${maxTextLength} characters that are not all blank, and none of them U+0000; it has ${text.length}.`,
  );
}
