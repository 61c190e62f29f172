/** Runs what goes on until Ctrl-C, or until nobody reads its output any more. */
export async function untilEnded(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, end);
  process.stdout.once('error', end);
  try {
    await work(ended.signal);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}
