/** A promise and what resolves it. */
export function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Lets everything run that is ready to. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
