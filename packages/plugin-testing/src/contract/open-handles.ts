/** Kinds of resources that keep a process alive and that a plugin can forget; the test runner's own come and go. */
const watched = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'PipeWrap',
  'Timeout',
  'ChildProcess',
  'FSEvent',
  'MessagePort',
  'UDPWrap',
]);

/** Long enough for sockets that are closing to be closed. */
const settleTurns = 200;

/** How many handles of each kind keep the process alive now. */
export function openHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (watched.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Handles that were not open before, as `2 TCPSocketWrap`; gives those that are closing time to close. */
export async function leftOpen(before: ReadonlyMap<string, number>): Promise<string[]> {
  let left: string[] = [];
  for (let turn = 0; turn < settleTurns; turn++) {
    left = [...openHandles()].flatMap(([kind, count]) => {
      const more = count - (before.get(kind) ?? 0);
      return more > 0 ? [`${more} ${kind}`] : [];
    });
    if (left.length === 0) return left;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return left;
}
