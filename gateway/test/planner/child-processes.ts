import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Whether the process runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** A process whose parent was killed may wait for whoever inherited it to collect it. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Resolves when none of the processes runs. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await new Promise((resolve) => setImmediate(resolve));
}

const fleetProgram = fileURLToPath(new URL('fleet-program.js', import.meta.url));

/** Runs `fleet-program.ts`: a process with a fleet of its own, which is planning an endless operation if told. */
export async function startFleetProgram(
  ...args: 'endless'[]
): Promise<{ program: ChildProcess; pids: number[] }> {
  const program = spawn(process.execPath, [fleetProgram, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(program.stdout as NodeJS.ReadableStream, 'data');
  return { program, pids: JSON.parse(String(line)) };
}
