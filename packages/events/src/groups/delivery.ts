import { DeskgraphError, isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { ConsumeOptions } from '../event-bus.js';
import { backoffMs, pause } from './backoff.js';
import { DeliveryContext } from './delivery-context.js';
import type { Failure, GroupLog, LogEntry } from './group-log.js';
import type { GroupMembers, Member } from './group-members.js';

/** How long to leave a storage alone that failed. */
export const failurePauseMs = 500;

/** How often and how long an event is tried. */
export type DeliveryLimits = Required<ConsumeOptions>;

/** What deliveries of a group share. */
export interface DeliverySurroundings {
  readonly group: string;
  readonly storage: GroupLog;
  readonly members: GroupMembers;
  /** Of the group's first consumer. */
  readonly limits: DeliveryLimits;
  readonly log: Logger | undefined;
}

/**
 * `finished`: handled or put aside. `dropped`: not to be finished by this process, because it stops, nobody here takes
 * the type any more, or the partition was lost.
 */
export type DeliveryEnd = 'finished' | 'dropped';

/** What ends a delivery from outside. */
export interface DeliverySignals {
  /** Aborts when the partition is lost or the bus closes: the handler is told. */
  readonly lease: AbortSignal;
  /** Aborts when nothing new is to begin. */
  readonly stopping: AbortSignal;
}

/**
 * Delivers one entry until it is handled or put aside (schema/EVENTS.md, section 4.4 and 4.5), or until it is not this
 * process's to go on with. Never rejects.
 */
export async function deliver(
  entry: LogEntry,
  surroundings: DeliverySurroundings,
  { lease, stopping }: DeliverySignals,
): Promise<DeliveryEnd> {
  const { group, storage, members, limits, log } = surroundings;
  const about = { group, type: entry.event.type, id: entry.event.id };
  for (let deliveries = entry.deliveries + 1; !lease.aborted && !stopping.aborted; deliveries++) {
    const member = members.next(entry.event.type);
    if (member === undefined) return 'dropped';
    const context = new DeliveryContext(deliveries, storage.generation);
    const failure = await run(member, entry, context, limits.handlerTimeoutMs, lease);
    if (failure === null) return 'finished';
    if (lease.aborted) return 'dropped';
    if (isFinal(failure) || deliveries >= limits.maxDeliveries) {
      log?.error({ error: failure, deliveries, ...about }, 'an event became a dead letter');
      return bury(entry, { ...explained(failure), deliveries }, surroundings, lease);
    }
    log?.warn({ error: failure, deliveries, ...about }, 'an event handler failed; it is tried again');
    await storage.countDelivery(entry, deliveries).catch((error: unknown) => {
      log?.warn({ error, ...about }, 'the failed delivery could not be counted');
    });
    await pause(backoffMs(deliveries, limits), stopping);
  }
  return 'dropped';
}

/** Tries until the storage has it: an event that cannot be put aside must not be taken for handled. */
async function bury(
  entry: LogEntry,
  failure: Failure,
  { storage, log }: DeliverySurroundings,
  lease: AbortSignal,
): Promise<DeliveryEnd> {
  while (!lease.aborted) {
    try {
      await storage.bury(entry, failure);
      return 'finished';
    } catch (error) {
      log?.error({ error, id: entry.event.id }, 'a dead letter could not be stored; it is tried again');
      await pause(failurePauseMs, lease);
    }
  }
  return 'dropped';
}

/** Runs the handler once; resolves with why it failed, or null. A handler that takes too long goes on unobserved. */
function run(
  member: Member,
  { event }: LogEntry,
  context: DeliveryContext,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Error | null> | null {
  let result: Promise<void> | undefined;
  try {
    result = member.handler(event, context) as Promise<void> | undefined;
  } catch (error) {
    return Promise.resolve(asError(error));
  }
  // Handlers in plain JavaScript return what they like.
  if (typeof result?.then !== 'function') return null;
  const running = bounded(result, context, timeoutMs, signal);
  member.running.add(running);
  void running.then(() => member.running.delete(running));
  return running;
}

function bounded(
  result: Promise<void>,
  context: DeliveryContext,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Error | null> {
  return new Promise((resolve) => {
    const onAbort = () => context.end(new Error('the consumer stops'));
    const onTimeout = () => {
      const late = new Error(`the handler took longer than ${timeoutMs} ms`);
      context.end(late);
      settle(late);
    };
    const timer = setTimeout(onTimeout, timeoutMs);
    const settle = (failure: Error | null) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(failure);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    result.then(
      () => settle(null),
      (error: unknown) => settle(asError(error)),
    );
  });
}

/** Whether trying again is useless. */
function isFinal(failure: Error): boolean {
  return isDeskgraphError(failure) && !failure.retryable;
}

function explained(failure: Error): { readonly code: string; readonly reason: string } {
  return {
    code: isDeskgraphError(failure) ? failure.code : 'INTERNAL_ERROR',
    reason: failure.message.slice(0, 1_000),
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new DeskgraphError('INTERNAL_ERROR', String(error));
}
