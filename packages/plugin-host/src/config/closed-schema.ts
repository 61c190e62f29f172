import type { ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { nearest } from './nearest.js';

/** What is wrong with a value, and where in it. */
export interface SchemaProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Checks values against a JSON Schema (draft 2020-12). */
export interface ClosedSchema {
  /** Every problem; empty when the value fits. Adds the schema's defaults to `value` when told to. */
  check(value: unknown): readonly SchemaProblem[];
}

/** Compiles a JSON Schema. @throws Error when the schema itself is not valid */
export function compileClosedSchema(
  schema: object,
  options: {
    /** Whether `check` adds defaults to the value; default: it only reads. */
    readonly fillDefaults?: boolean;
  } = {},
): ClosedSchema {
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: options.fillDefaults ?? false,
    strict: true,
    allowUnionTypes: true,
  });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return {
    check: (value) => (validate(value) ? [] : (validate.errors ?? []).map((error) => explain(error, schema))),
  };
}

function explain(error: ErrorObject, schema: object): SchemaProblem {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const { additionalProperty, unevaluatedProperty } = error.params;
      const key = String(additionalProperty ?? unevaluatedProperty);
      return {
        path: [...path, key],
        message: `unknown key "${key}"${nearest(key, siblings(error, schema))}`,
      };
    }
    case 'required':
      return { path, message: `"${error.params.missingProperty}" is missing` };
    case 'enum':
      return { path, message: `must be one of ${error.params.allowedValues.join(', ')}` };
    case 'const':
      return { path, message: `must be ${JSON.stringify(error.params.allowedValue)}` };
    default:
      return { path, message: error.message ?? 'does not fit' };
  }
}

/** Property names at the place in the schema that refused a key. */
function siblings(error: ErrorObject, schema: object): string[] {
  let node: unknown = schema;
  for (const step of error.schemaPath.replace(/^#\//, '').split('/').slice(0, -1).map(unescapePointer)) {
    node = (node as Record<string, unknown> | undefined)?.[step];
  }
  return Object.keys((node as { properties?: object } | undefined)?.properties ?? {});
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
