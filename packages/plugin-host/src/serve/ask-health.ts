import type { Health, StartedPlugin } from '@deskgraph/plugin-sdk';
import { withDeadline } from '../start/deadline.js';

const healthTimeoutMs = 2_000;

/** Asks a plugin how it is. One that throws, answers something else or does not answer is degraded. */
export async function askHealth(health: NonNullable<StartedPlugin['health']>): Promise<Health> {
  try {
    const answer = await withDeadline(
      Promise.resolve().then(health),
      healthTimeoutMs,
      () => new Error(`health() did not answer within ${healthTimeoutMs} ms`),
    );
    if (answer?.status === 'healthy' || answer?.status === 'degraded') return answer;
    return { status: 'degraded', reason: `health() gave ${JSON.stringify(answer)}, which is no Health` };
  } catch (error) {
    return { status: 'degraded', reason: error instanceof Error ? error.message : String(error) };
  }
}
