import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '@deskgraph/plugin-sdk';
import { createLogger } from '../../src/logging.js';

describe('logging', () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);

  it('writes a JSON line with level, time, fields and message', () => {
    createLogger({ format: 'json', write }).child({ part: 'http' }).warn({ requestId: 'r1' }, 'Slow.');
    const { time, ...line } = JSON.parse(lines.pop() ?? '');
    assert.deepEqual(line, { level: 'warn', part: 'http', requestId: 'r1', msg: 'Slow.' });
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
  });

  it('writes an error with its stack and its cause', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    createLogger({ format: 'json', write }).error({ error }, 'Failed.');
    const line = JSON.parse(lines.pop() ?? '');
    assert.equal(line.error.message, 'outer');
    assert.equal(line.error.cause.message, 'inner');
    assert.match(line.error.stack, /logging\.test/);
  });

  it('writes one readable line for people, the stack below it', () => {
    createLogger({ format: 'lines', write }).info({ url: 'http://x:1', name: 'Mia Chen' }, 'Ready.');
    assert.match(
      lines.pop() ?? '',
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}Ready\. {2}url=http:\/\/x:1 {2}name="Mia Chen"\n$/,
    );
    createLogger({ format: 'lines', write }).error({ error: new Error('no') }, 'Failed.');
    const [line, ...stack] = (lines.pop() ?? '').trimEnd().split('\n');
    assert.match(line as string, /ERROR Failed\. {2}error="no"$/);
    assert.match(stack[1] ?? '', /^ +at /);
  });

  it('leaves out what is below its level, and never shows a secret', () => {
    const log = createLogger({ level: 'info', format: 'json', write });
    log.debug({}, 'hidden');
    assert.deepEqual(lines, []);
    log.info({ key: new Secret('hunter2') }, 'shown');
    assert.doesNotMatch(lines.pop() ?? '', /hunter2/);
  });
});
