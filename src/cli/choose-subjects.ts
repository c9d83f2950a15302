// The words of --subject -> the subjects of a usage table that they mean.
import { AudiciaError } from '../base/errors.ts';
import { byCodeUnit } from '../base/order.ts';
import { nearest } from '../base/similar.ts';
import type { SubjectUsage, UsageTable } from '../flow/types.ts';
import { describeSubject, type Subject, subjectKey } from '../rbac/subject.ts';
import { subjectsOfWord } from './identity.ts';

/** Subjects named one by one where a name is not found. */
const suggested = 5;

/** All subjects, or those that one of the words means (`*` stands for any characters), in code-unit order of their keys. */
export function chooseSubjects(table: Pick<UsageTable, 'subjects'>, words: readonly string[] = []): SubjectUsage[] {
  const all = [...table.subjects].sort(([a], [b]) => byCodeUnit(a, b)).map(([, usage]) => usage);
  if (words.length === 0) return all;
  const chosen = new Set<SubjectUsage>();
  for (const word of words) {
    if (!word.includes('*')) chosen.add(findSubject(table, word));
    else for (const usage of all) if (spellings(usage.subject).some((name) => fits(word, name))) chosen.add(usage);
  }
  if (chosen.size === 0) throw noSuchSubject(words.join(', '), table);
  return all.filter((usage) => chosen.has(usage));
}

/** The subject that a word means. Throws AudiciaError `no-such-subject`, with the nearest names. */
export function findSubject(table: Pick<UsageTable, 'subjects'>, word: string): SubjectUsage {
  for (const subject of subjectsOfWord(word)) {
    const usage = table.subjects.get(subjectKey(subject));
    if (usage) return usage;
  }
  throw noSuchSubject(word, table);
}

function noSuchSubject(word: string, table: Pick<UsageTable, 'subjects'>): AudiciaError {
  const names = new Map<string, string>();
  for (const { subject } of table.subjects.values()) {
    for (const name of spellings(subject)) names.set(name, describeSubject(subject));
  }
  const near = [...new Set(nearest(word, names.keys(), suggested).map((name) => names.get(name) as string))];
  const hint =
    near.length > 0
      ? `Near it: ${near.join('; ')}.`
      : `There are ${table.subjects.size} subjects; audicia usage --summary lists them.`;
  return new AudiciaError('no-such-subject', `No subject "${word}" in this usage.`, { hint });
}

/** The ways to write a subject that a person may try. */
function spellings(subject: Subject): string[] {
  const full = [describeSubject(subject), subject.kind === 'Group' ? `group:${subject.name}` : subjectKey(subject)];
  return subject.kind === 'ServiceAccount' ? [...full, `${subject.namespace}/${subject.name}`, subject.name] : full;
}

/** Whether `*` in the pattern can be filled so that it becomes the text. Linear in text times stars, whatever they are. */
export function fits(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (pieces.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
