import type { FetchVariables } from '../subgraphs/transport.js';
import type { ExecutionState, Variables } from './execution-state.js';
import type { RepresentationSet } from './representation-set.js';

/** The representations that one `_entities` call sends. */
export interface RepresentationBatch {
  /** Variable of the subgraph operation that takes them. */
  readonly variableName: string;
  readonly representations: RepresentationSet;
}

const noVariables: FetchVariables = { json: () => '{}', value: () => ({}) };

/** Compiles how the variables of a fetch are had: the client's by name, and the representations. */
export function compileVariables(
  usages: readonly string[] = [],
): (state: ExecutionState, batches?: readonly RepresentationBatch[]) => FetchVariables {
  return (state, batches = []) =>
    usages.length === 0 && batches.length === 0
      ? noVariables
      : new PlannedVariables(usages, state.variables, batches);
}

/** The named ones of a client's variables, as a fetch sends them. */
export function plannedVariables(usages: readonly string[], variables: Variables): FetchVariables {
  return new PlannedVariables(usages, variables, []);
}

class PlannedVariables implements FetchVariables {
  constructor(
    private readonly usages: readonly string[],
    private readonly variables: Variables,
    private readonly batches: readonly RepresentationBatch[],
  ) {}

  json(): string {
    const members: string[] = [];
    for (const batch of this.batches) {
      members.push(`${JSON.stringify(batch.variableName)}:[${batch.representations.json.join()}]`);
    }
    for (const name of this.usages) {
      const value = this.variables[name];
      if (value !== undefined) members.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
    }
    return `{${members.join()}}`;
  }

  value(): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const batch of this.batches) values[batch.variableName] = batch.representations.values();
    for (const name of this.usages) {
      if (this.variables[name] !== undefined) values[name] = this.variables[name];
    }
    return values;
  }
}
