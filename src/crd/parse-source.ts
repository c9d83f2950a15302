// Text of an AudiciaSource manifest -> the object, with defaults filled in; or a sentence for each field that is wrong,
// naming field, value, what is allowed, and the line.
import type { z } from 'zod';
import { AudiciaError } from '../base/errors.ts';
import { nearest } from '../base/similar.ts';
import { parseYaml, type YamlDocument } from '../base/yaml.ts';
import { type AudiciaSource, audiciaSource } from './audicia-source.ts';

/** Fields named one by one in an error; more are counted. */
const issuesShown = 5;

/**
 * The one AudiciaSource in the text; other kinds of documents beside it are passed over. Fields set to null count as
 * absent, as the API server drops them. Unknown fields are refused, as `kubectl apply` with strict validation does.
 * Throws AudiciaError `bad-config` naming `file`.
 */
export function parseSource(text: string, file: string): AudiciaSource {
  const documents = parseYaml(text);
  const broken = documents.find((document) => document.error !== undefined);
  if (broken?.error) throw badSource(`${file} is not YAML: ${broken.error.message} (line ${broken.error.line}).`);
  const sources = documents.filter((document) => kindOf(document.value) === 'AudiciaSource');
  if (sources.length !== 1)
    throw badSource(`${file} holds ${sources.length === 0 ? 'no' : sources.length} AudiciaSource.`);
  const document = sources[0] as YamlDocument;
  const value = withoutNulls(document.value);
  const parsed = audiciaSource.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidSource(parsed.error.issues, value, document, file);
}

function invalidSource(issues: readonly Issue[], value: unknown, document: YamlDocument, file: string): AudiciaError {
  const sentences = issues.flatMap((issue) => describeIssue(issue, value, document, file));
  const shown = sentences.slice(0, issuesShown);
  if (sentences.length > shown.length) shown.push(`and ${sentences.length - shown.length} more`);
  return badSource(`${shown.join('; ')}.`);
}

type Issue = z.core.$ZodIssue;
type FieldPath = readonly (string | number)[];

function describeIssue(issue: Issue, value: unknown, document: YamlDocument, file: string): string[] {
  const path = issue.path as FieldPath;
  const at = (where: FieldPath) => ` (${file} line ${document.lineOf(where)})`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const field = [...path, key];
      return `${fieldName(field)} is not a field of AudiciaSource${meant(key, path)}${at(field)}`;
    });
  }
  const found = valueAt(value, path);
  const what = found === undefined ? 'is missing' : `${JSON.stringify(found)?.slice(0, 80)} ${allowed(issue, found)}`;
  const needs = found === undefined ? `; it ${allowed(issue, found)}` : '';
  const colon = found === undefined ? ' ' : ': ';
  return [`${fieldName(path)}${colon}${what}${needs}${at(path)}`];
}

/** What the field may hold, as the end of a sentence about a wrong (or missing) value. */
function allowed(issue: Issue, found: unknown): string {
  const verb = found === undefined ? 'must be' : 'is not';
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String).join(', ');
    return issue.values.length === 1 ? `${verb} ${values}` : `${verb} one of ${values}`;
  }
  if (issue.code === 'invalid_type') return `${verb} ${nounOf[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return 'must not be empty';
    return `is less than ${issue.minimum}, the smallest value allowed`;
  }
  if (issue.code === 'too_big') return `is more than ${issue.maximum}, the largest value allowed`;
  return issue.message;
}

const nounOf: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text (quote it)',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of fields',
};

/** `; did you mean spec.policyStrategy.scopeMode?` where a known field of the same object is near. */
function meant(key: string, parent: FieldPath): string {
  const near = nearest(key, fieldsAt(parent), 1)[0];
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** The names of the fields that the schema has at a path; none where the path leads nowhere. */
function fieldsAt(path: FieldPath): string[] {
  let schema: unknown = audiciaSource;
  for (const step of path) {
    const inner = unwrapped(schema);
    schema = typeof step === 'number' ? (inner as { element?: unknown }).element : shapeOf(inner)[step];
  }
  return Object.keys(shapeOf(unwrapped(schema)));
}

function shapeOf(schema: unknown): Record<string, unknown> {
  return (schema as { shape?: Record<string, unknown> } | undefined)?.shape ?? {};
}

/** The schema inside optional, default and prefault. */
function unwrapped(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    const wrapper = inner as { unwrap?: () => unknown; element?: unknown } | undefined;
    if (typeof wrapper?.unwrap !== 'function' || wrapper.element !== undefined) return inner;
    inner = wrapper.unwrap();
  }
}

function fieldName(path: FieldPath): string {
  if (path.length === 0) return 'the document';
  let name = '';
  for (const step of path) name += typeof step === 'number' ? `[${step}]` : name === '' ? step : `.${step}`;
  return name;
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let inner = value;
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined;
    inner = (inner as Record<string | number, unknown>)[step];
  }
  return inner;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
}

function badSource(message: string): AudiciaError {
  return new AudiciaError('bad-config', message, {
    hint: 'docs/configuration.md lists every field of an AudiciaSource.',
  });
}
