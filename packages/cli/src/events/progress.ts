import cliProgress from 'cli-progress';

/** Shows how far something is, on stderr. */
export interface Progress {
  /** @param total  may grow */
  update(done: number, total: number): void;
  stop(): void;
}

const lineEveryMs = 2_000;

/** A bar on a terminal; elsewhere a line at the beginning, every two seconds, and at the end. */
export function showProgress(what: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(what, stream) : lines(what, stream);
}

function bar(what: string, stream: NodeJS.WriteStream): Progress {
  const format = `${what} [{bar}] {value}/{total} {percentage} % {duration_formatted}`;
  const shown = new cliProgress.SingleBar({ stream, format, hideCursor: true, barsize: 30 });
  return {
    update(done, total) {
      // Nothing of nothing would be shown as all done.
      if (!shown.isActive) shown.start(total, done);
      shown.setTotal(total);
      shown.update(done);
    },
    stop: () => shown.stop(),
  };
}

function lines(what: string, stream: NodeJS.WritableStream): Progress {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let written = '';
  let current = '';
  const write = () => {
    if (current === written) return;
    stream.write(`${current}\n`);
    written = current;
    writtenAt = performance.now();
  };
  return {
    update(done, total) {
      current = `${what} ${done}/${total}`;
      if (performance.now() - writtenAt >= lineEveryMs) write();
    },
    stop: write,
  };
}
