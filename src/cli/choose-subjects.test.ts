import { describe, expect, it } from 'vitest';
import { newSubjectUsage } from '../flow/aggregate/usage-builder.ts';
import type { SubjectUsage } from '../flow/types.ts';
import { describeSubject, type Subject, subjectKey, subjectOfUsername } from '../rbac/subject.ts';
import { chooseSubjects, fits } from './choose-subjects.ts';

function tableOf(...names: string[]) {
  const subjects = new Map<string, SubjectUsage>();
  const all: Subject[] = [...names.map(subjectOfUsername), { kind: 'Group', name: 'devs' }];
  for (const subject of all) subjects.set(subjectKey(subject), newSubjectUsage(subject));
  return { subjects };
}

const table = tableOf('alice', 'system:serviceaccount:web:api', 'system:serviceaccount:web:db', 'a/b');
const chosen = (...words: string[]) => chooseSubjects(table, words).map(({ subject }) => describeSubject(subject));

describe('chooseSubjects', () => {
  it.each([
    [['web/api'], ['ServiceAccount web/api']],
    [['system:serviceaccount:web:api'], ['ServiceAccount web/api']],
    [['sa:web/api'], ['ServiceAccount web/api']],
    [['sa:web:api'], ['ServiceAccount web/api']],
    [['a/b'], ['User a/b']],
    [['user:alice'], ['User alice']],
    [['group:devs'], ['Group devs']],
    [['web/*'], ['ServiceAccount web/api', 'ServiceAccount web/db']],
    [
      ['web/*', 'alice', 'alice'],
      ['User alice', 'ServiceAccount web/api', 'ServiceAccount web/db'],
    ],
  ])('%j', (words, subjects) => {
    expect(chosen(...words)).toEqual(subjects);
  });

  it('takes all without words, in the order of their keys', () => {
    expect(chooseSubjects(table)).toHaveLength(5);
  });

  it.each([['alce'], ['web/ap'], ['API']])('names what is near %s', (word) => {
    expect(() => chosen(word)).toThrow(
      expect.objectContaining({ code: 'no-such-subject', hint: expect.stringMatching(/Near it: /) }),
    );
  });
});

describe('fits', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abc', true],
    ['a*c', 'ac', true],
    ['a*a', 'a', false],
    ['*b*d*', 'abcd', true],
    ['*d*b*', 'abcd', false],
    ['a*b*b', 'ab', false],
    ['a**b', 'ab', true],
    ['.*', 'ab', false],
  ])('%s %s', (pattern, text, expected) => {
    expect(fits(pattern, text)).toBe(expected);
  });

  it('takes no time for a pattern that would make a backtracking engine hang', () => {
    expect(fits(`${'a*'.repeat(2_000)}b`, 'a'.repeat(20_000))).toBe(false);
  });
});
