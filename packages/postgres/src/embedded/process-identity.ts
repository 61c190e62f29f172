import { readFileSync } from 'node:fs';

/** True when a process with this id runs; one that ended and was not yet reaped by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return statFields(pid)?.[0] !== 'Z';
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * When a process began, in clock ticks since boot; null where the system does not tell. With the process id it
 * identifies a process: ids are used again.
 */
export function startTicks(pid: number): string | null {
  return statFields(pid)?.[19] ?? null;
}

/** Fields of /proc/<pid>/stat from the third (state) on; the second is a name that may hold spaces. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** The program a process runs, or null where the system does not tell. */
export function commandLine(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return null;
  }
}
