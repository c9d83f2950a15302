// Values -> YAML text that every reader takes for the same values: the YAML 1.1 reader that kubectl has as well as YAML 1.2
// readers. Our own rather than the package's writer, which took a third of a whole `generate`: it writes only the few forms
// that manifests need, and the tests hold each of them to the package's reader in both versions.

/**
 * The value (strings, finite numbers, booleans, null, arrays, plain objects) as one YAML document that ends in a line
 * break. Keys in their own order, lists flush with their key as kubectl writes them, no folded lines, no anchors, no tags.
 * A string is written without quotes only where no YAML reader could take it for anything else; one of several lines as a
 * literal block. `undefined` members are left out. Keys are the program's own: YAML takes 1,024 characters of one, as
 * written.
 */
export function stringifyYaml(value: unknown): string {
  return stringifyWith(new Map(), value);
}

/** Several values as one stream, each behind its `---`. */
export function stringifyYamlStream(values: readonly unknown[]): string {
  const known: KnownTexts = new Map();
  return values.map((value) => `---\n${stringifyWith(known, value)}`).join('');
}

/** How strings are written that were met before: manifests say the same few words over and over. */
type KnownTexts = Map<string, string>;

interface Output {
  readonly lines: string[];
  readonly known: KnownTexts;
}

function stringifyWith(known: KnownTexts, value: unknown): string {
  const out: Output = { lines: [], known };
  if (isEmptyOrScalar(value)) out.lines.push(inlineText(value, '', known));
  else writeBlock(value as object, '', '', out);
  return `${out.lines.join('\n')}\n`;
}

/** The first line starts with `first` (the dash of the item that the value is, or the indent), the others with the indent. */
function writeBlock(value: object, first: string, indent: string, out: Output): void {
  let start = first;
  if (Array.isArray(value)) {
    for (const item of value) {
      writeItem(item, start, indent, out);
      start = indent;
    }
    return;
  }
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    writeMember(key, member, start, indent, out);
    start = indent;
  }
}

function writeMember(key: string, member: unknown, start: string, indent: string, out: Output): void {
  const head = `${start}${scalarText(key, out.known)}:`;
  if (isEmptyOrScalar(member)) {
    out.lines.push(`${head} ${inlineText(member, indent, out.known)}`);
    return;
  }
  out.lines.push(head);
  const inner = Array.isArray(member) ? indent : `${indent}  `;
  writeBlock(member as object, inner, inner, out);
}

/** An item's first line stands behind its dash, the others below it. */
function writeItem(item: unknown, start: string, indent: string, out: Output): void {
  if (isEmptyOrScalar(item)) out.lines.push(`${start}- ${inlineText(item, indent, out.known)}`);
  else writeBlock(item as object, `${start}- `, `${indent}  `, out);
}

function isEmptyOrScalar(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  for (const key of Object.keys(value)) if ((value as Record<string, unknown>)[key] !== undefined) return false;
  return true;
}

function inlineText(value: unknown, indent: string, known: KnownTexts): string {
  if (typeof value === 'string') return fitsBlock(value) ? blockText(value, indent) : scalarText(value, known);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('YAML for the API holds finite numbers');
  return value === undefined ? 'null' : String(value);
}

function scalarText(text: string, known: KnownTexts): string {
  let written = known.get(text);
  if (written === undefined) {
    written = isPlain(text) ? text : quoted(text);
    known.set(text, written);
  }
  return written;
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
