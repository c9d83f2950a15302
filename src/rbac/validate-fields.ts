// Reads the fields of an object of unknown shape, and collects what is wrong with them as sentences in the API's words
// (k8s.io/apimachinery/pkg/util/validation/field/errors.go, v1.34).

/** Longer values are cut in messages. */
const shownLength = 120;

export function required(path: string, detail = ''): string {
  return `${path}: Required value${detail === '' ? '' : `: ${detail}`}`;
}

export function invalid(path: string, value: unknown, detail: string): string {
  return `${path}: Invalid value: ${shown(value)}: ${detail}`;
}

export function unsupported(path: string, value: unknown, supported: readonly string[]): string {
  const list = supported.map((each) => JSON.stringify(each)).join(', ');
  return `${path}: Unsupported value: ${shown(value)}: supported values: ${list}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}

/** What was found wrong with one object. */
export class Problems {
  /** Values of another type than the field's: the API's decoder stops at those, before anything is validated. */
  readonly ofType: string[] = [];
  readonly ofValue: string[] = [];
}

/** The members of one mapping. A member that is absent or null counts as empty, as the API's decoder takes it. */
export class Fields {
  /** Shared with the mappings inside and around. */
  readonly problems: Problems;
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(members: Readonly<Record<string, unknown>>, path: string, problems: Problems) {
    this.#members = members;
    this.#path = path;
    this.problems = problems;
  }

  path(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  report(problem: string): void {
    this.problems.ofValue.push(problem);
  }

  reportInvalid(key: string, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.report(invalid(this.path(key), value, detail));
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  /** A string; `''` when absent, or, with a problem, when it is none. */
  text(key: string): string {
    const value = this.#get(key);
    if (typeof value === 'string') return value;
    if (value !== undefined) this.#reportType(key, value, 'must be a string');
    return '';
  }

  /** A list of strings; what is none of them is left out, with a problem. */
  texts(key: string): string[] {
    const texts: string[] = [];
    for (const [index, value] of this.#array(key).entries()) {
      if (typeof value === 'string') texts.push(value);
      else this.#reportType(`${key}[${index}]`, value, 'must be a string');
    }
    return texts;
  }

  /** A mapping from strings to strings. */
  textMap(key: string): [string, string][] {
    const entries: [string, string][] = [];
    for (const [name, value] of Object.entries(this.inner(key).#members)) {
      if (typeof value === 'string') entries.push([name, value]);
      else this.#reportType(`${key}[${name}]`, value, 'must be a string');
    }
    return entries;
  }

  /** A mapping; one without members when absent. */
  inner(key: string): Fields {
    return this.#mapping(key, this.#get(key));
  }

  /** A list of mappings. */
  list(key: string): Fields[] {
    return this.#array(key).map((value, index) => this.#mapping(`${key}[${index}]`, value));
  }

  #reportType(key: string, value: unknown, detail: string): void {
    this.problems.ofType.push(invalid(this.path(key), value, detail));
  }

  #mapping(key: string, value: unknown): Fields {
    if (isMapping(value)) return new Fields(value, this.path(key), this.problems);
    if (value !== undefined) this.#reportType(key, value, 'must be a mapping');
    return new Fields({}, this.path(key), this.problems);
  }

  #array(key: string): readonly unknown[] {
    const value = this.#get(key);
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.#reportType(key, value, 'must be a list');
    return [];
  }

  #get(key: string): unknown {
    const value = Object.hasOwn(this.#members, key) ? this.#members[key] : undefined;
    return value ?? undefined;
  }
}

/** The fields of a mapping, `undefined` of anything else. `path` is `''` for a whole object. */
export function fieldsOf(value: unknown, path: string): Fields | undefined {
  return isMapping(value) ? new Fields(value, path, new Problems()) : undefined;
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
