/** Numbers from 0 to 1 by the seed of this run, which a failure prints and DESKGRAPH_TEST_SEED repeats. */
export function randomNumbers(): { readonly seed: number; readonly random: () => number } {
  const seed = Number(process.env.DESKGRAPH_TEST_SEED ?? Date.now() % 1_000_000);
  return { seed, random: mulberry32(seed) };
}

/** Small, and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
