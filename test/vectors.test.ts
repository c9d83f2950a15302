// The published vectors, first half: audit events -> accesses and notes. That the policies made from them allow and
// refuse what they should is test/vectors-policy.test.ts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { attribute } from '../src/flow/attribute/attribute.ts';
import { inferences } from '../src/flow/attribute/inferences.ts';
import { defaultAttributeOptions, parseKubernetesVersion } from '../src/flow/attribute/options.ts';
import { readEvent } from '../src/flow/decode/event.ts';
import type { Attribution } from '../src/flow/types.ts';
import { isUrlPermission, type Permission, permissionKey, ruleResource } from '../src/rbac/permission.ts';
import { subjectKey } from '../src/rbac/subject.ts';

interface Expected {
  readonly verb: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly names?: readonly string[] | null;
  readonly path?: string;
}

interface Hidden {
  readonly verb: string;
  readonly path?: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly groups: readonly string[];
}

interface Vector {
  readonly id: number;
  readonly title: string;
  readonly options: { readonly targetVersion?: string };
  readonly events: readonly Record<string, unknown>[];
  readonly expect: Readonly<Record<string, readonly Expected[]>>;
  readonly hidden: readonly Hidden[];
  readonly diagnostics: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL('corpus/rbac-vectors.json', import.meta.url), 'utf8')) as Vector[];

function attributeAll(vector: Vector): Attribution[] {
  const target = vector.options.targetVersion;
  // A vector that names no version expects what no version changes.
  const options = {
    ...defaultAttributeOptions,
    targetVersion: target === undefined ? undefined : parseKubernetesVersion(target),
  };
  return vector.events.map((event) => {
    const reading = readEvent(event, false, 0);
    if (reading.as !== 'event') throw new Error(`vector ${vector.id} holds an event that does not decode`);
    return attribute(reading.decoded.event, options);
  });
}

/** Allowed accesses by subject, in the vectors' notation: one line for each verb and resource, with the set of names. */
function grantedBySubject(attributions: readonly Attribution[]): Record<string, string[]> {
  const names = new Map<string, Map<string, Set<string>>>();
  for (const access of attributions.flatMap((attribution) => attribution.accesses)) {
    if (access.verdict !== 'allowed') continue;
    if (access.inferred !== undefined && !inferences[access.inferred].byDefault) continue;
    const { line, name } = written(access.permission);
    const lines = names.get(subjectKey(access.subject)) ?? new Map<string, Set<string>>();
    names.set(subjectKey(access.subject), lines.set(line, (lines.get(line) ?? new Set()).add(name)));
  }
  const found: Record<string, string[]> = {};
  for (const [subject, lines] of names) {
    found[subject] = [...lines].map(([line, seen]) => `${line} ${describeNames([...seen])}`).sort();
  }
  return found;
}

function written(permission: Permission): { line: string; name: string } {
  if (isUrlPermission(permission)) return { line: `${permission.verb} ${permission.path}`, name: '' };
  const { verb, apiGroup, namespace, name } = permission;
  return { line: `${verb} ${apiGroup}/${ruleResource(permission)} in "${namespace}"`, name };
}

function describeNames(names: readonly string[]): string {
  return names.includes('') ? 'without names' : `named ${[...names].sort().join(' ')}`;
}

function expectedBySubject(vector: Vector): Record<string, string[]> {
  const expected: Record<string, string[]> = {};
  for (const [subject, rules] of Object.entries(vector.expect)) {
    expected[subject] = rules
      .map((rule) => {
        if (rule.path !== undefined) return `${rule.verb} ${rule.path} without names`;
        return `${rule.verb} ${rule.apiGroup}/${rule.resource} in "${rule.namespace}" ${describeNames(rule.names ?? [''])}`;
      })
      .sort();
  }
  return expected;
}

describe('test vectors: events to accesses', () => {
  it('has all forty of them', () => {
    expect(vectors.map((vector) => vector.id)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it.each(vectors.map((vector) => [vector.id, vector.title, vector] as const))('%i: %s', (_id, _title, vector) => {
    const attributions = attributeAll(vector);

    expect(grantedBySubject(attributions)).toEqual(expectedBySubject(vector));
    const notes = new Set(attributions.flatMap((attribution) => attribution.notes.map((note) => note.kind)));
    expect([...notes].sort()).toEqual([...vector.diagnostics].sort());
    for (const hidden of vector.hidden) {
      const { user, groups, verb, path, apiGroup, resource, subresource, namespace, name } = hidden;
      const permission =
        path === undefined ? { verb, apiGroup, resource, subresource, namespace, name } : { verb, path };
      const accesses = attributions.flatMap((attribution) => attribution.accesses);
      const found = accesses.find(
        (access) =>
          subjectKey(access.subject) === user && permissionKey(access.permission) === permissionKey(permission),
      );
      expect(found?.groups).toEqual(groups);
    }
  });
});
