/** Runs code of the application: what it throws is reported as uncaught, and does not harm the connection. */
export function callOut(code: () => void): void {
  try {
    code();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
