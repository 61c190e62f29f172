/** Lanes that partition keys are spread over; fixed, because consumers' progress is kept for each. */
export const partitionCount = 16;

const encoder = new TextEncoder();

/** The lane of a partition key: FNV-1a with 32 bits over its UTF-8, modulo the count (schema/EVENTS.md, section 1). */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % partitionCount;
}
