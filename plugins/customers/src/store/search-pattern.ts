/**
 * A LIKE pattern that finds the words anywhere. Case is folded by PostgreSQL's own lower() on both sides; a
 * plain scan is used because trigram indexes find nothing in Chinese words of one or two characters.
 */
export function containing(search: string): string {
  return `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`;
}
