/** Set `SEED` to the one that a failure prints. */
export const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Numbers from 0 up to 1, the same for the same seed (a linear congruential generator). */
export function randomNumbers(start: number): () => number {
  let state = BigInt(start);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 33n) / 2 ** 31;
  };
}
