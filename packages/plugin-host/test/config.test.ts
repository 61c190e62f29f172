import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfigEnvironment, parseClosedConfig } from '@deskgraph/plugin-host';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    port: { type: 'integer', default: 4000, maximum: 65535 },
    mode: { enum: ['calm', 'busy'], default: 'calm' },
    tags: { type: 'array', items: { type: 'string' }, default: [] },
    limits: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: { depth: { type: 'integer', default: 12 }, strict: { type: 'boolean' } },
    },
  },
};

interface Settings {
  readonly name: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly limits: { readonly depth: number; readonly strict?: boolean };
}

const read = (text: string, environment?: ConfigEnvironment) =>
  parseClosedConfig<Settings>({ text, file: 'desk.yaml' }, schema, environment);

function problemsOf(text: string, environment?: ConfigEnvironment): string[] {
  try {
    read(text, environment);
  } catch (error) {
    assert.ok(isDeskgraphError(error, 'CONFIG_INVALID'), String(error));
    return [...(error.details.problems as string[])];
  }
  return assert.fail('was taken as valid');
}

describe('a closed configuration', () => {
  it('is complete: every default is filled in, to any depth', () => {
    assert.deepEqual(read('name: desk'), {
      name: 'desk',
      port: 4000,
      mode: 'calm',
      tags: [],
      limits: { depth: 12 },
    });
  });

  it('cannot be changed afterwards, at any depth', () => {
    const settings = read('{ "name": "desk", "limits": { "depth": 3 }, "tags": ["a"] }');
    for (const change of [
      () => Object.assign(settings, { port: 1 }),
      () => Object.assign(settings.limits, { depth: 1 }),
      () => (settings.tags as string[]).push('b'),
    ]) {
      assert.throws(change, TypeError);
    }
  });

  it('reports every problem at once, each with its line and what to change', () => {
    const text = [
      'nmae: desk',
      'port: 99999',
      'mode: angry',
      'tags:',
      '  - ok',
      '  - 5',
      'limits:',
      '  deep: 1',
      'zzzzzzzzz: 1',
    ].join('\n');
    assert.deepEqual(problemsOf(text).sort(), [
      'desk.yaml:1:1: (top): "name" is missing',
      'desk.yaml:1:1: nmae: unknown key "nmae"; did you mean "name"?',
      'desk.yaml:2:1: port: must be <= 65535',
      'desk.yaml:3:1: mode: must be one of calm, busy',
      'desk.yaml:6:5: tags.1: must be string',
      'desk.yaml:8:3: limits.deep: unknown key "deep"; did you mean "depth"?',
      'desk.yaml:9:1: zzzzzzzzz: unknown key "zzzzzzzzz"; known: name, port, mode, tags, limits',
    ]);
  });

  it('reports a syntax error, and a key given twice, at its line', () => {
    assert.match(problemsOf('name: desk\nport: [1')[0] ?? '', /^desk\.yaml:2:9: /);
    assert.match(problemsOf('name: desk\nname: other')[0] ?? '', /^desk\.yaml:2:1: Map keys must be unique/);
  });

  it('is refused when it is not a map at all', () => {
    assert.deepEqual(problemsOf('- a\n- b'), ['desk.yaml:1:1: (top): must be object']);
    assert.deepEqual(problemsOf('just text'), ['desk.yaml:1:1: (top): must be object']);
    assert.deepEqual(problemsOf(''), ['desk.yaml:1:1: (top): "name" is missing']);
  });

  it('is not turned into much by little: an alias bomb is refused', () => {
    const bomb = Array.from({ length: 9 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x]' : `a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`,
    ).join('\n');
    assert.throws(() => read(bomb), /./);
  });
});

describe('the environment of a configuration', () => {
  const override = (key: string, value: unknown) => ({
    path: [key],
    variable: `DESK_${key.toUpperCase()}`,
    value,
  });

  it('goes over the file, and is named when it is wrong', () => {
    const overrides = [override('port', 1)];
    assert.equal(read('name: desk\nport: 2', { overrides }).port, 1);
    assert.deepEqual(problemsOf('name: desk', { overrides: [override('port', 'many')] }), [
      'DESK_PORT: port: must be integer',
    ]);
  });

  it('fills placeholders, as the type that the schema wants', () => {
    const text = `name: "\${WHO}-\${WHERE}"\nport: \${PORT}\ntags: [a, "$\${WHO}"]\nlimits: { strict: "\${STRICT}" }`;
    const variables = { WHO: 'desk', WHERE: '7', PORT: '81', STRICT: 'true' };
    const settings = read(text, { variables });
    assert.deepEqual(
      [settings.name, settings.port, settings.tags, settings.limits.strict],
      ['desk-7', 81, ['a', `\${WHO}`], true],
    );
    assert.equal(read(`name: \${WHO}`, { variables: { WHO: '42' } }).name, '42');
  });

  it('is told apart from a mistake in the file when a variable is not set', () => {
    const text = `name: \${WHO}\nport: \${PORT}`;
    assert.deepEqual(problemsOf(text, { variables: {} }), [
      'desk.yaml:1:1: name: the environment variable WHO is not set',
      'desk.yaml:2:1: port: the environment variable PORT is not set',
    ]);
    assert.equal(read(text, { variables: { WHO: 'x' }, overrides: [override('port', 5)] }).port, 5);
  });

  it('leaves parts alone whose schema is somebody else’s', () => {
    const open = {
      type: 'object',
      properties: { plugins: { type: 'object', additionalProperties: { type: 'object' } } },
    };
    const text = `plugins: { chat: { port: "\${PORT}" } }`;
    assert.deepEqual(parseClosedConfig({ text, file: 'desk.yaml' }, open, { variables: {} }), {
      plugins: { chat: { port: `\${PORT}` } },
    });
  });

  it('has no effect on a file that is not meant to have placeholders', () => {
    assert.equal(read(`name: \${WHO}`).name, `\${WHO}`);
  });
});
