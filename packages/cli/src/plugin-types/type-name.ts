/** A name for TypeScript out of one with dots and hyphens: `chat.message.added` becomes `ChatMessageAdded`. */
export function typeName(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
