/** Sockets, pipes, processes and timers that are open. Without immediates, which come and go by themselves. */
export function openHandles(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
}
