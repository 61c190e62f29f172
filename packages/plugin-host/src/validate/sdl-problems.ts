import { type DocumentNode, type GraphQLError, getLocation, visit } from 'graphql';

/**
 * What a parser or schema builder found wrong with an SDL file, as `file:line:column: message`. Some messages come
 * without a place; theirs is where the name that they quote stands first.
 */
export function sdlProblems(error: unknown, file: string, document: DocumentNode | null): string[] {
  const errors = (error as { errors?: readonly GraphQLError[] }).errors ?? [error as GraphQLError];
  return errors.flatMap(({ message, locations }) => {
    const at = locations?.[0];
    if (at !== undefined) return [`${file}:${at.line}:${at.column}: ${message}`];
    return message.split('\n\n').map((one) => `${file}${placeOfQuoted(one, document)}: ${one}`);
  });
}

function placeOfQuoted(message: string, document: DocumentNode | null): string {
  const quoted = /"@?(?:\w+\.)*(\w+)"/.exec(message)?.[1];
  if (quoted === undefined || document === null) return '';
  let place = '';
  visit(document, {
    Name({ value, loc }) {
      if (place !== '' || value !== quoted || loc === undefined) return;
      const { line, column } = getLocation(loc.source, loc.start);
      place = `:${line}:${column}`;
    },
  });
  return place;
}
