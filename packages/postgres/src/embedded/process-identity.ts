import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** One run of a process. The id alone does not name it: ids are used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in clock ticks since boot; null where the system does not tell. */
  readonly startTicks: string | null;
}

/** The process that has this id now. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startTicks: statFields(pid)?.[19] ?? null };
}

/** True while that very process runs; one that ended and was not yet reaped by its parent does not. */
export function isRunning({ pid, startTicks }: ProcessIdentity): boolean {
  if (!exists(pid)) return false;
  const fields = statFields(pid);
  if (fields === null) return true;
  return fields[0] !== 'Z' && (startTicks === null || fields[19] === startTicks);
}

/** Whether the process works in the directory, as a PostgreSQL server does in its data directory. */
export function worksIn(pid: number, directory: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(directory);
  } catch {
    return process.platform !== 'linux' && commandLine(pid).includes(directory);
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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

function commandLine(pid: number): string {
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
    });
  } catch {
    return '';
  }
}
