import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { showProgress } from '../../src/events/progress.js';

/** A stream that remembers, as wide as a terminal when it is one. */
function screen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
  });
  stream.setEncoding('utf8');
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    text: () => (stream.read() as string | null) ?? '',
  };
}

describe('the progress of a replay', () => {
  it('is a few lines where nobody sees a bar move, the last of which says how it ended', () => {
    const { stream, text } = screen(false);
    const progress = showProgress('handled', stream);
    for (let done = 0; done <= 1_000; done++) progress.update(done, 1_000);
    progress.stop();
    assert.equal(text(), 'handled 0/1000\nhandled 1000/1000\n');
  });

  it('says nothing twice', () => {
    const { stream, text } = screen(false);
    const progress = showProgress('handled', stream);
    progress.update(3, 3);
    progress.update(3, 3);
    progress.stop();
    progress.stop();
    assert.equal(text(), 'handled 3/3\n');
  });

  it('is a bar on a terminal, whose cursor comes back', () => {
    const { stream, text } = screen(true);
    const progress = showProgress('handled', stream);
    progress.update(1, 4);
    progress.update(4, 4);
    progress.stop();
    const shown = text();
    assert.match(shown, /handled \[=+\] 4\/4 100 %/);
    assert.ok(shown.lastIndexOf('\u001b[?25h') > shown.lastIndexOf('\u001b[?25l'));
  });
});
