/** Resolves when the count is reached; rejects when it has not grown for so long. */
export async function untilReached(
  count: () => Promise<number> | number,
  wanted: number,
  stalledMs: number,
): Promise<void> {
  let best = -1;
  let grewAt = performance.now();
  for (;;) {
    const found = await count();
    if (found >= wanted) return;
    if (found > best) {
      best = found;
      grewAt = performance.now();
    }
    if (performance.now() - grewAt > stalledMs) {
      throw new Error(`stopped at ${best} of ${wanted}, and nothing more came for ${stalledMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
