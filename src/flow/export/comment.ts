// Text -> YAML comment lines that cannot end before they should: what stands in a log may hold line breaks and worse.

/** Characters of one comment line; what is longer is cut, visibly. */
const lineBound = 400;

/** Line breaks of YAML 1.1 and 1.2, other controls, and what no reader has to take (c-printable), lone surrogates included. */
const unsafe = /[\p{Cc}\p{Surrogate}\u2028\u2029\ufeff\ufffe\uffff]/gu;

/** One line, harmless wherever it stands in a comment. */
export function commentLine(text: string): string {
  const line = text.length > lineBound ? `${text.slice(0, lineBound)}...` : text;
  return line.replace(unsafe, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Each line behind a `#`. */
export function commentBlock(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '#\n' : `# ${commentLine(line)}\n`)).join('');
}
