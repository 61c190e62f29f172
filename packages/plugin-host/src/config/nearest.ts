import { closest, distance } from 'fastest-levenshtein';

/** A suggestion farther away than this is no help. */
const maxDistance = 4;

/** The end of a sentence about an unknown name: the known name that was probably meant, or all there are. */
export function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return '; no names are known here';
  const candidate = closest(name, known);
  return distance(name, candidate) <= maxDistance
    ? `; did you mean "${candidate}"?`
    : `; known: ${known.join(', ')}`;
}
