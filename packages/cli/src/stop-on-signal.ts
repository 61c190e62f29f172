/** Signals that ask a process to end. */
const signals = ['SIGINT', 'SIGTERM'] as const;

/** The first signal ends the server in order, a second one at once. */
export function stopOnSignal(server: AsyncDisposable): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(130);
    stopping = true;
    console.log('\nStopping...');
    await server[Symbol.asyncDispose]();
    process.exit();
  };
  for (const signal of signals) process.on(signal, () => void stop());
}
