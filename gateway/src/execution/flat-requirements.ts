import type { RepresentationPlan } from './representation.js';
import type { KeyFields, TypeIndex } from './type-index.js';

/** One required field: `,"upc":` and where its value is. */
interface FlatField {
  readonly head: string;
  readonly key: string;
}

/** What is required of one runtime type, where that is plain fields; at least one besides `__typename`. */
export interface FlatType {
  readonly start: string;
  readonly fields: readonly FlatField[];
  /** Keys of which one must be known. */
  readonly keys: readonly KeyFields[];
}

type Fragment = Extract<RepresentationPlan['requires'][number], { kind: 'InlineFragment' }>;

/** Requirements by runtime type when each type has one fragment of plain fields and nothing is rewritten; else null. */
export function flatRequirements(
  plan: RepresentationPlan,
  serviceName: string,
  types: TypeIndex,
): ReadonlyMap<string, FlatType> | null {
  if (plan.inputRewrites?.length) return null;
  const byType = new Map<string, FlatType>();
  for (const fragment of plan.requires) {
    if (fragment.kind !== 'InlineFragment' || !isFlat(fragment)) return null;
    for (const name of types.possible(fragment.typeCondition)) {
      const type = flatType(name, fragment, serviceName, types);
      if (byType.has(name) || type.fields.length === 0) return null;
      byType.set(name, type);
    }
  }
  return byType;
}

function isFlat({ selections }: Fragment): boolean {
  return selections.every(
    (field) => field.kind === 'Field' && field.alias === undefined && !field.selections?.length,
  );
}

function flatType(name: string, fragment: Fragment, serviceName: string, types: TypeIndex): FlatType {
  const required = fragment.selections.flatMap((field) => (field.kind === 'Field' ? [field.name] : []));
  return {
    start: `{"__typename":${JSON.stringify(name)}`,
    fields: required
      .filter((field) => field !== '__typename')
      .map((field) => ({ head: `,${JSON.stringify(field)}:`, key: field })),
    keys: types
      .keys(serviceName, fragment.typeCondition)
      .filter((key) => key.every((field) => required.includes(field))),
  };
}
