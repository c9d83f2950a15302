// Two sets of RBAC objects -> the permissions that one grants and the other does not: what a change really changes, whatever
// happened to names, rules and lines.
import { byCodeUnit } from '../../base/order.ts';
import { isUrlAtom, type RuleAtom } from '../../rbac/explode.ts';
import { urlPatternMatches } from '../../rbac/match.ts';
import type { RbacObject, RbacSubject } from '../../rbac/objects.ts';
import { type Subject, subjectKey, subjectOfUsername } from '../../rbac/subject.ts';
import { explodePolicy, type SubjectGrant } from './explode-policy.ts';

export interface SubjectDiff {
  readonly subject: Subject;
  readonly added: readonly SubjectGrant[];
  readonly removed: readonly SubjectGrant[];
}

/** Atoms that are looked at on either side; past it the difference is cut and `more` says so. */
export const diffBound = 500_000;

export interface PolicyDiff {
  /** Subjects with a difference, in the order of `subjectKey`; their grants by group, resource, scope, verb and name. */
  readonly subjects: readonly SubjectDiff[];
  readonly more: boolean;
}

/**
 * What the new objects grant beyond the old, and the old beyond the new, subject by subject. A grant that a wider one on the
 * other side covers (any name, the whole cluster, a wildcard) is no difference; the wider one is.
 */
export function diffPolicies(before: readonly RbacObject[], after: readonly RbacObject[]): PolicyDiff {
  const old = collect(before);
  const now = collect(after);
  const keys = [...new Set([...old.bySubject.keys(), ...now.bySubject.keys()])].sort(byCodeUnit);
  const subjects: SubjectDiff[] = [];
  for (const key of keys) {
    const oldGrants: Grants = old.bySubject.get(key) ?? new Map();
    const newGrants: Grants = now.bySubject.get(key) ?? new Map();
    const added = beyond(newGrants, oldGrants);
    const removed = beyond(oldGrants, newGrants);
    const [some] = [...added, ...removed];
    if (some !== undefined) subjects.push({ subject: subjectOf(some.subject), added, removed });
  }
  return { subjects, more: old.more || now.more };
}

type Grants = Map<string, SubjectGrant>;

function collect(objects: readonly RbacObject[]): { bySubject: Map<string, Grants>; more: boolean } {
  const bySubject = new Map<string, Grants>();
  let count = 0;
  for (const grant of explodePolicy(objects)) {
    count += 1;
    if (count > diffBound) return { bySubject, more: true };
    const key = subjectKey(subjectOf(grant.subject));
    let grants = bySubject.get(key);
    if (grants === undefined) {
      grants = new Map();
      bySubject.set(key, grants);
    }
    grants.set(grantKey(grant), grant);
  }
  return { bySubject, more: false };
}

/** The grants that nothing on the other side covers, in a fixed order. */
function beyond(grants: Grants, others: Grants): SubjectGrant[] {
  const patterns = [...others.values()].filter(({ atom }) => isUrlAtom(atom) && atom.path.endsWith('*'));
  const left = [...grants].filter(([, grant]) => {
    if (widerKeys(grant).some((key) => others.has(key))) return false;
    return !patterns.some((pattern) => reachesUrl(pattern.atom, grant.atom));
  });
  return left.sort(([a], [b]) => byCodeUnit(a, b)).map(([, grant]) => grant);
}

/** The keys of the grant itself and of all that cover it, as RuleAllows and VisitRulesFor read them; URL patterns apart. */
function widerKeys({ subject, namespace, atom }: SubjectGrant): string[] {
  if (isUrlAtom(atom)) return ['*', atom.verb].map((verb) => grantKey({ subject, namespace, atom: { ...atom, verb } }));
  const slash = atom.resource.indexOf('/');
  const resources = ['*', atom.resource, ...(slash < 0 ? [] : [`*${atom.resource.slice(slash)}`])];
  const keys: string[] = [];
  for (const scope of new Set(['', namespace])) {
    for (const verb of new Set(['*', atom.verb])) {
      for (const apiGroup of new Set(['*', atom.apiGroup])) {
        for (const resource of new Set(resources)) {
          for (const name of new Set([undefined, atom.name])) {
            keys.push(grantKey({ subject, namespace: scope, atom: { verb, apiGroup, resource, name } }));
          }
        }
      }
    }
  }
  return keys;
}

function reachesUrl(pattern: RuleAtom, atom: RuleAtom): boolean {
  if (!isUrlAtom(pattern) || !isUrlAtom(atom)) return false;
  return (pattern.verb === '*' || pattern.verb === atom.verb) && urlPatternMatches(pattern.path, atom.path);
}

/** Sorts URLs behind resources, and these by group, resource, scope, verb and name. */
function grantKey({ namespace, atom }: SubjectGrant): string {
  if (isUrlAtom(atom)) return JSON.stringify([1, atom.path, atom.verb]);
  const { apiGroup, resource, verb, name } = atom;
  return JSON.stringify([0, apiGroup, resource, namespace, verb, ...(name === undefined ? [] : [name])]);
}

/** The subject that a binding means: a User with a service account's username is that service account. */
function subjectOf(subject: RbacSubject): Subject {
  if (subject.kind === 'Group') return { kind: 'Group', name: subject.name };
  if (subject.kind === 'User') return subjectOfUsername(subject.name);
  return { kind: 'ServiceAccount', namespace: subject.namespace ?? '', name: subject.name };
}
