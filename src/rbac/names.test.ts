import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDnsSubdomain } from './api-names.ts';
import { directoryName, fileName, objectName } from './names.ts';
import type { Subject } from './subject.ts';

const prefix = 'audicia';
const backend: Subject = { kind: 'ServiceAccount', namespace: 'my-team', name: 'backend' };

function account(namespace: string, name: string): Subject {
  return { kind: 'ServiceAccount', namespace, name };
}

// Names that invite clashes: the separators, the kinds' own words, dots, case, and names that are hashed names themselves.
const piece = fc.constantFrom(
  'a',
  'b',
  'user',
  'group',
  '-',
  '.',
  ':',
  'A',
  'é',
  '\u0000',
  '/',
  '..',
  'user-a',
  'a.b',
  '日本',
  '💥',
);
const oddName = fc.oneof(
  fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('x'.repeat(10_000), 'x'.repeat(10_001), `${'x'.repeat(62)}y`, `${'x'.repeat(62)}z`),
);
const namespaceName = fc.constantFrom('a', 'b', 'user', 'user-a', 'group', 'a-b', 'x'.repeat(63), `${'x'.repeat(62)}y`);
const anySubject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant('ServiceAccount' as const), namespace: namespaceName, name: oddName }),
  fc.record({ kind: fc.constantFrom('User' as const, 'Group' as const), name: oddName }),
);

describe('objectName', () => {
  it.each<[Subject, string | undefined, string]>([
    [backend, 'my-team', 'audicia-backend'],
    [backend, 'shop', 'audicia-my-team.backend'],
    [backend, undefined, 'audicia-my-team.backend'],
    [{ kind: 'User', name: 'alice' }, 'shop', 'audicia-user-alice'],
    [{ kind: 'Group', name: 'devs' }, undefined, 'audicia-group-devs'],
    [account('shop', 'order-notification'), 'shop', 'audicia-order-notification'],
  ])('of %o in %s can be read', (subject, namespace, name) => {
    expect(objectName(namespace === undefined ? { prefix, subject } : { prefix, subject, namespace })).toBe(name);
  });

  it.each<[Subject, string, RegExp]>([
    [{ kind: 'User', name: 'Alice@Example.com' }, '', /^audicia-user-alice-example-com-[2-9][a-z2-7]{11}$/],
    [{ kind: 'User', name: '日本' }, '', /^audicia-user-[2-9][a-z2-7]{11}$/],
    [account('a', 'x'.repeat(200)), 'a', /^audicia-x{42}-[2-9][a-z2-7]{11}$/],
    [account('a', 'user-alice'), 'a', /^audicia-user-alice-[2-9][a-z2-7]{11}$/],
    [account('a', 'b.c'), 'a', /^audicia-b-c-[2-9][a-z2-7]{11}$/],
  ])('of %o in %s ends in a hash', (subject, namespace, pattern) => {
    expect(objectName({ prefix, subject, namespace })).toMatch(pattern);
  });

  it('never changes: what is in a cluster is found again', () => {
    expect(objectName({ prefix, subject: { kind: 'User', name: 'Alice@Example.com' } })).toBe(
      'audicia-user-alice-example-com-6yxw6qjpa53g',
    );
  });

  it('is no other subject’s, though that one be called like it', () => {
    const hashed = objectName({ prefix: 'x', subject: { kind: 'User', name: 'Alice' } }).slice('x-user-'.length);

    expect(objectName({ prefix: 'x', subject: { kind: 'User', name: hashed } })).not.toBe(`x-user-${hashed}`);
  });

  it('sets several objects of one subject apart by the discriminator', () => {
    const names = ['', 'a', 'b', 'a ', 'backend'].map((discriminator) =>
      objectName({ prefix, subject: backend, discriminator }),
    );

    expect(new Set(names).size).toBe(names.length);
  });

  it('is valid, short enough for a label, and shared by no two subjects', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anySubject, { selector: (subject) => JSON.stringify(subject), maxLength: 40 }),
        namespaceName,
        (subjects, namespace) => {
          for (const place of [{ namespace }, {}]) {
            const names = subjects.map((subject) => objectName({ prefix, subject, ...place }));

            expect(names.filter((name) => !isDnsSubdomain(name) || name.length > 63)).toEqual([]);
            expect(new Set(names).size).toBe(names.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('fileName', () => {
  it('can be read', () => {
    expect(fileName(backend, 'my-team')).toBe('backend-rbac.yaml');
  });

  it('is shared by no two subjects of one folder, leads nowhere else, and has no upper case and no device', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anySubject, { selector: (subject) => JSON.stringify(subject), maxLength: 40 }),
        namespaceName,
        (subjects, namespace) => {
          const names = subjects.map((subject) => fileName(subject, namespace));

          expect(names.filter((name) => !/^[a-z0-9][a-z0-9.-]{0,72}$/.test(name) || name.includes('..'))).toEqual([]);
          expect(names.filter((name) => /^(con|prn|aux|nul|com\d|lpt\d)\./.test(name))).toEqual([]);
          expect(new Set(names).size).toBe(names.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['con', 'con.x', 'nul', '../../etc/passwd', '.hidden', '-rf'])(
    'of a service account %s is an ordinary file',
    (name) => {
      expect(fileName(account('a', name), 'a')).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*-rbac\.yaml$/);
    },
  );
});

describe('directoryName', () => {
  it.each(['my-team', 'default', 'a'])('is the namespace %s itself', (namespace) => {
    expect(directoryName(namespace)).toBe(namespace);
  });

  it.each(['', '..', 'A', 'a/b', 'con', 'x'.repeat(64), 'a-2abcdefghijk'])(
    'of %s is a safe one with a hash',
    (namespace) => {
      expect(directoryName(namespace)).toMatch(/^[a-z0-9][a-z0-9-]*-[2-9][a-z2-7]{11}$/);
    },
  );
});
