import { type FSWatcher, type Stats, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Default time between looks at a file that the system does not report changes of. */
const defaultPollMs = 2000;
/** A file that was written to this lately may be only half there. */
const settleMs = 50;

/**
 * Calls back after each change of a file. Watches its directory, since editors and deployments replace a file
 * by renaming another over it, and looks now and then, since network and container file systems may report
 * nothing. The file, and its directory, may be missing for a while.
 * @param onChange  may be called more often than the file changes
 */
export function watchFile(path: string, onChange: () => void, pollMs = defaultPollMs): Disposable {
  const file = resolve(path);
  let seen = fingerprint(file);
  let watcher: FSWatcher | null = null;
  let settling: NodeJS.Timeout | undefined;
  const look = () => {
    const now = fingerprint(file);
    if (now === seen) return;
    seen = now;
    clearTimeout(settling);
    settling = setTimeout(onChange, settleMs);
  };
  const follow = () => {
    watcher ??= watchDirectory(file, look, () => {
      watcher?.close();
      watcher = null;
    });
  };
  follow();
  const timer = setInterval(() => {
    follow();
    look();
  }, pollMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      clearTimeout(settling);
      watcher?.close();
    },
  };
}

/**
 * Null when the directory cannot be watched now. Events of other files count too: behind a symbolic link, as
 * container platforms mount files, only the link's target is reported. A look costs little.
 */
function watchDirectory(file: string, onEvent: () => void, onFailure: () => void): FSWatcher | null {
  try {
    return watch(dirname(file), onEvent).on('error', onFailure);
  } catch {
    return null;
  }
}

function fingerprint(file: string): string {
  let stats: Stats | undefined;
  try {
    stats = statSync(file, { throwIfNoEntry: false });
  } catch {
    // Such as no permission for the directory: as good as missing.
  }
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}
