import type { QueryPlan } from '../planner.js';

/** What the gateway asks of a planner process. One request at a time; `unload` is not answered. */
export type PlannerRequest =
  | { readonly kind: 'load'; readonly supergraph: number; readonly sdl: string }
  | { readonly kind: 'unload'; readonly supergraph: number }
  | {
      readonly kind: 'plan';
      readonly supergraph: number;
      readonly document: string;
      readonly operationName: string | null;
      /** 0 to 100: this operation takes part in each `@override(label: "percent(n)")` with n above it. */
      readonly overridePercentage: number;
    };

/**
 * What a planner process says: `ready` once, then one answer to each `load` and `plan`. `started` comes before
 * the answer to a `plan`: a process that ends without it was not ended by that operation.
 */
export type PlannerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'started' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'planned'; readonly plan: QueryPlan }
  | { readonly kind: 'failed'; readonly reason: string };
