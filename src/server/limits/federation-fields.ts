/** The fields that only routers may query. */
export const FEDERATION_FIELDS: ReadonlySet<string> = new Set(['_entities', '_service']);

export const ROUTER_ONLY = 'Only the router may query `_entities` and `_service`.';

/**
 * Returns whether a text contains the name of a federation field as a whole word. The text is not
 * parsed, because its sender is not authenticated.
 */
export function mentionsFederationField(text: string): boolean {
  return [...FEDERATION_FIELDS].some((name) => containsWord(text, name));
}

function containsWord(text: string, word: string): boolean {
  let start = text.indexOf(word);
  while (start >= 0) {
    const end = start + word.length;
    if (!isNameCharacter(text.charAt(start - 1)) && !isNameCharacter(text.charAt(end))) return true;
    start = text.indexOf(word, end);
  }
  return false;
}

function isNameCharacter(character: string): boolean {
  return /^\w$/.test(character);
}
