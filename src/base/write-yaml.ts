// Values -> YAML text that every reader takes for the same values: the YAML 1.1 reader that kubectl has as well as YAML 1.2
// readers. Our own rather than the package's writer, which took a third of a whole `generate`: it writes only the few forms
// that manifests need, and the tests hold each of them to the package's reader in both versions.

/**
 * The value (strings, finite numbers, booleans, null, arrays, plain objects) as one YAML document that ends in a line
 * break. Keys in their own order, lists flush with their key as kubectl writes them, no folded lines, no anchors, no tags.
 * A string is written without quotes only where no YAML reader could take it for anything else; one of several lines as a
 * literal block. `undefined` members are left out.
 */
export function stringifyYaml(value: unknown): string {
  const lines: string[] = [];
  if (isEmptyOrScalar(value)) lines.push(inlineText(value, ''));
  else writeBlock(value as object, '', lines);
  return `${lines.join('\n')}\n`;
}

/** Several values as one stream, each behind its `---`. */
export function stringifyYamlStream(values: readonly unknown[]): string {
  return values.map((value) => `---\n${stringifyYaml(value)}`).join('');
}

function writeBlock(value: object, indent: string, lines: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) writeItem(item, indent, lines);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) writeMember(key, member, indent, lines);
  }
}

function writeMember(key: string, member: unknown, indent: string, lines: string[]): void {
  const head = `${indent}${scalarText(key)}:`;
  if (isEmptyOrScalar(member)) {
    lines.push(`${head} ${inlineText(member, indent)}`);
    return;
  }
  lines.push(head);
  writeBlock(member as object, Array.isArray(member) ? indent : `${indent}  `, lines);
}

/** An item's first line stands behind its dash, the others below it. */
function writeItem(item: unknown, indent: string, lines: string[]): void {
  if (isEmptyOrScalar(item)) {
    lines.push(`${indent}- ${inlineText(item, indent)}`);
    return;
  }
  const first = lines.length;
  writeBlock(item as object, `${indent}  `, lines);
  lines[first] = `${indent}- ${(lines[first] as string).slice(indent.length + 2)}`;
}

function isEmptyOrScalar(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : Object.values(value).every((member) => member === undefined);
}

function inlineText(value: unknown, indent: string): string {
  if (typeof value === 'string') return fitsBlock(value) ? blockText(value, indent) : scalarText(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('YAML for the API holds finite numbers');
  return value === undefined ? 'null' : String(value);
}

function scalarText(text: string): string {
  return isPlain(text) ? text : quoted(text);
}

/** What YAML 1.1 readers take for no string has another shape, or is one of these words (https://yaml.org/type/bool.html). */
const plainShape = /^[A-Za-z/][A-Za-z0-9._/@-]*(:[A-Za-z0-9._/@-]+)*$/;
const reservedWord = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function isPlain(text: string): boolean {
  return plainShape.test(text) && !(text.length <= 5 && reservedWord.test(text));
}

/** Characters that a reader may refuse, or take for a line break, wherever they stand bare (YAML 1.1, c-printable). */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Double-quoted YAML takes all of JSON's escapes; lone surrogates are among what JSON.stringify escapes. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    unprintable,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function blockText(text: string, indent: string): string {
  const inner = `${indent}  `;
  const lines = text.slice(0, -1).split('\n');
  return `|\n${lines.map((line) => (line === '' ? '' : inner + line)).join('\n')}`;
}

/** A block keeps its text as it is: no place for escapes, for blanks that nobody sees, or for a first line set in. */
function fitsBlock(text: string): boolean {
  if (!text.endsWith('\n') || text.length < 2 || /^\s/.test(text) || / \n|\n\n$/.test(text)) return false;
  if (text.search(unprintable) >= 0) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code < 0x20 && code !== 0x0a) || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}
