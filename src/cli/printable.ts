// Text from logs and manifests -> text that is safe on a terminal. Names in an audit log are chosen by whoever sends
// requests: an escape sequence in one must not move the cursor, hide a line or reorder it.

/** Control, format (bidirectional overrides, zero-width), line and paragraph separators, lone surrogates. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with every character that a terminal would obey rather than show written as `\u{...}`. One line stays one. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}
