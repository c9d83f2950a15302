// Whether the API server can parse a label selector: one that it cannot parse makes it forget the name that the field
// selector beside it requires. As labels.Parse, apimachinery/pkg/labels/selector.go v1.34.

type Kind = 'end' | 'error' | 'identifier' | ')' | '(' | ',' | '!' | '==' | '=' | '>' | '<' | '!=' | 'in' | 'notin';

interface Token {
  readonly kind: Kind;
  readonly text: string;
}

/** True when `labels.Parse` accepts the selector. */
export function isLabelSelector(selector: string): boolean {
  return new Parser(tokens(selector)).selector();
}

const token = /[ \t\r\n]*(?:([^ \t\r\n=!(),><\0]+)|(==|!=|[=!(),><]))/y;

function tokens(selector: string): Token[] {
  // The lexer takes a NUL for the end of the string.
  const nul = selector.indexOf('\0');
  const text = nul < 0 ? selector : selector.slice(0, nul);
  const found: Token[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const word = match[1];
    if (word === undefined) found.push({ kind: match[2] as Kind, text: match[2] as string });
    else found.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
  }
  found.push({ kind: 'end', text: '' });
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  selector(): boolean {
    if (this.#next() === 'end') return true;
    for (;;) {
      if (!this.#requirement()) return false;
      const separator = this.#take().kind;
      if (separator === 'end') return true;
      if (separator !== ',') return false;
      const next = this.#next();
      if (next !== 'identifier' && next !== '!') return false;
    }
  }

  #requirement(): boolean {
    const negated = this.#next() === '!';
    if (negated) this.#take();
    if (this.#next() !== 'identifier' || !isQualifiedName(this.#take().text)) return false;
    if (negated || this.#next() === 'end' || this.#next() === ',') return true;
    const operator = this.#take().kind;
    if (operator === 'in' || operator === 'notin') return this.#valueSet();
    if (operator === '=' || operator === '==' || operator === '!=') return this.#exactValue(isLabelValue);
    if (operator === '>' || operator === '<') return this.#exactValue((v) => isLabelValue(v) && isInt64(v));
    return false;
  }

  #exactValue(accepts: (value: string) => boolean): boolean {
    const next = this.#next();
    if (next === 'end' || next === ',') return accepts('');
    return next === 'identifier' && accepts(this.#take().text);
  }

  #valueSet(): boolean {
    if (this.#take().kind !== '(') return false;
    let afterIdentifier = false;
    for (;;) {
      const { kind, text } = this.#take(true);
      if (kind === ')') return true;
      if (kind !== ',' && (kind !== 'identifier' || afterIdentifier || !isLabelValue(text))) return false;
      afterIdentifier = kind === 'identifier';
    }
  }

  // Where a value or a key stands, `in` and `notin` are names like others.
  #next(): Kind {
    return asValue(this.#tokens[this.#position]?.kind ?? 'end');
  }

  #take(value = false): Token {
    const taken = this.#tokens[this.#position] ?? { kind: 'end', text: '' };
    this.#position++;
    return value ? { kind: asValue(taken.kind), text: taken.text } : taken;
  }
}

function asValue(kind: Kind): Kind {
  return kind === 'in' || kind === 'notin' ? 'identifier' : kind;
}

const qualifiedPart = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

// Lengths from k8s.io/apimachinery/pkg/util/validation: 63 for a label's name and value, 253 for a subdomain. They are
// tested before the patterns, so that no pattern sees a long text.
function isQualifiedName(key: string): boolean {
  const parts = key.split('/', 3);
  if (parts.length > 2) return false;
  const name = parts[parts.length - 1] as string;
  if (name.length > 63 || !qualifiedPart.test(name)) return false;
  const prefix = parts.length === 2 ? (parts[0] as string) : 'x';
  return prefix.length <= 253 && subdomain.test(prefix);
}

function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= 63 && qualifiedPart.test(value));
}

/** True when Go's `strconv.ParseInt(text, 10, 64)` accepts the text. */
export function isInt64(text: string): boolean {
  const match = /^([+-]?)0*([0-9]{1,19})$/.exec(text);
  if (match === null) return false;
  const magnitude = BigInt(match[2] as string);
  return magnitude <= 2n ** 63n - (match[1] === '-' ? 0n : 1n);
}
