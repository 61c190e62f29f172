import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import {
  composeTolerant,
  type TolerantDefinition,
} from '../../src/supergraph/composition/compose-tolerant.js';

const head =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

const required = (name: string, sdl: string): TolerantDefinition => ({
  name,
  sdl: `${head} ${sdl}`,
  optional: false,
});
const optional = (name: string, sdl: string): TolerantDefinition => ({
  name,
  sdl: `${head} ${sdl}`,
  optional: true,
});

function leftOut(...definitions: TolerantDefinition[]): string[] {
  return composeTolerant(definitions).leftOut.map(({ name }) => name);
}

describe('tolerant composition', () => {
  it('leaves nothing out when everything fits', () => {
    const one = required('one', 'type Query { a: Int }');
    assert.deepEqual(leftOut(one, optional('two', 'type Query { b: Int }')), []);
  });

  it('leaves out what is invalid by itself, with its own problems, and keeps the rest', () => {
    const { supergraphSdl, leftOut: out } = composeTolerant([
      optional('syntax', 'type Query {'),
      optional('unknown-type', 'type Query { b: Missing }'),
      optional('context', 'type Query @federation__context(name: "x") { c: Int }'),
      required('good', 'type Query { a: Int }'),
    ]);
    assert.deepEqual(
      out.map(({ name }) => name),
      ['syntax', 'unknown-type', 'context'],
    );
    for (const { name, problems } of out) assert.match(problems.join(), new RegExp(`subgraph "${name}"`));
    assert.match(supergraphSdl, /a: Int/);
  });

  it('leaves out the later one of two optional subgraphs in conflict', () => {
    const first = optional('first', 'type Query { a: Int }');
    const second = optional('second', 'type Query { a: Int }');
    assert.deepEqual(leftOut(first, second), ['second']);
    assert.deepEqual(leftOut(second, first), ['first']);
    const [out] = composeTolerant([first, second]).leftOut;
    assert.match(out?.problems.join() ?? '', /INVALID_FIELD_SHARING.*"first", "second" at Query.a/);
  });

  it('leaves out the optional one of a conflict with a required one, whatever their order', () => {
    const must = required('must', 'type Query { a: Int }');
    const may = optional('may', 'type Query { a: Int }');
    assert.deepEqual(leftOut(may, must), ['may']);
    assert.deepEqual(leftOut(must, may), ['may']);
  });

  it('leaves out one subgraph rather than the several it is in conflict with', () => {
    const troublemaker = optional('troublemaker', 'type Query { a: Int b: Int }');
    const [a, b] = [optional('a', 'type Query { a: Int }'), optional('b', 'type Query { b: Int }')];
    assert.deepEqual(leftOut(troublemaker, a, b), ['troublemaker']);
  });

  it('leaves out, with the one that breaks, those that stand on it only', () => {
    const base = required('base', 'type Query { a: Int }');
    const broken = optional('broken', 'type Query { a: Int } type P @key(fields: "id") { id: ID! }');
    const onIt = optional(
      'on-it',
      'extend type P @key(fields: "id") { id: ID! more: Int } type Query { p2: P }',
    );
    const alone = optional('alone', 'type Query { z: Int }');
    const out = leftOut(base, broken, alone, optional('needs', 'extend type Q2 { x: Int }'), onIt);
    assert.ok(out.includes('broken') && out.includes('needs') && !out.includes('alone'), out.join());
  });

  it('keeps subgraphs that only work together, given in the order that does not', () => {
    const extending = optional('extending', 'extend type P @key(fields: "id") { id: ID! x: Int }');
    const defining = optional('defining', 'type Query { p: P } type P @key(fields: "id") { id: ID! }');
    const clash = [
      required('r', 'type Query { a: Int }'),
      optional('c1', 'type Query { a: Int }'),
      optional('c2', 'type Query { a: Int }'),
    ];
    assert.deepEqual(leftOut(extending, ...clash, defining), ['c1', 'c2']);
  });

  it('gives the same answer for the same input', () => {
    const definitions = Array.from({ length: 6 }, (_, number) =>
      optional(`s${number}`, `type Query { f${number % 3}: Int g${number}: Int }`),
    );
    const first = composeTolerant(definitions);
    assert.deepEqual(composeTolerant(definitions), first);
    assert.deepEqual(
      first.leftOut.map(({ name }) => name),
      ['s3', 's4', 's5'],
    );
  });

  it('fails when required subgraphs do not compose, even without the optional ones', () => {
    const definitions = [required('one', 'type Query { a: Int }'), required('two', 'type Query { a: Int }')];
    assert.throws(
      () => composeTolerant([...definitions, optional('three', 'type Query { z: Int }')]),
      (error) => {
        assert.ok(isDeskgraphError(error, 'COMPOSITION_FAILED'));
        assert.match(error.message, /"one", "two"/);
        return true;
      },
    );
  });
});
