// The published vectors, second half: audit events -> policies. Each was judged by the real authorizer: what has to be
// allowed (hidden checks included), and what has to stay refused.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultInferences } from '../src/flow/attribute/inferences.ts';
import { parseKubernetesVersion } from '../src/flow/attribute/options.ts';
import { explodePolicy, type SubjectGrant } from '../src/flow/evaluate/explode-policy.ts';
import { verify } from '../src/flow/evaluate/verify.ts';
import { synthesise } from '../src/flow/synthesise/synthesise.ts';
import { defaultPolicyStrategy, type Policy, type SynthesisOptions } from '../src/flow/types.ts';
import { Authorizer } from '../src/rbac/authorize.ts';
import { isUrlAtom } from '../src/rbac/explode.ts';
import type { Permission } from '../src/rbac/permission.ts';
import { subjectKey } from '../src/rbac/subject.ts';
import { validateObject } from '../src/rbac/validate.ts';
import { countLog } from './count-log.ts';

type Request = Permission & { readonly user: string; readonly groups: readonly string[] };

interface Vector {
  readonly id: number;
  readonly title: string;
  readonly options: { readonly targetVersion?: string; readonly assumeDefaults?: boolean };
  readonly events: readonly object[];
  readonly expect: Readonly<Record<string, readonly Expected[]>>;
  readonly hidden: readonly Request[];
  readonly mustDeny: readonly Request[];
}

interface Expected {
  readonly verb: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly names?: readonly string[] | null;
  readonly path?: string;
}

const vectors = JSON.parse(readFileSync(new URL('corpus/rbac-vectors.json', import.meta.url), 'utf8')) as Vector[];

function optionsOf(vector: Vector): SynthesisOptions {
  return {
    strategy: { ...defaultPolicyStrategy, resourceNames: 'Explicit' },
    inferences: defaultInferences,
    assumeDefaults: vector.options.assumeDefaults ?? true,
    includeDenied: false,
    shareRoles: false,
    homeNamespace: 'home',
  };
}

/** Every policy that the vector's events lead to, proved on the way. */
function policiesOf(vector: Vector): Policy[] {
  const lines = vector.events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const targetVersion = parseKubernetesVersion(vector.options.targetVersion ?? '');
  const table = countLog(new TextEncoder().encode(lines), { targetVersion });
  return [...table.subjects.values()].map((usage) => {
    const policy = synthesise(usage, optionsOf(vector));
    expect(verify(policy.objects, usage, optionsOf(vector))).toMatchObject({ missing: [], unproven: [] });
    for (const object of policy.objects) expect(validateObject(object)).toEqual([]);
    return policy;
  });
}

/** `create pods/exec in a [p]`: the same words for what a vector expects and for what a policy grants. */
function written(what: Expected): string {
  if (what.path !== undefined) return `${what.verb} ${what.path}`;
  return `${what.verb} ${what.resource}.${what.apiGroup} in ${what.namespace} ${JSON.stringify(what.names ?? null)}`;
}

function grantsOf(objects: Policy['objects']): string[] {
  const rows = new Map<string, { grant: SubjectGrant; names: string[] | null }>();
  for (const grant of explodePolicy(objects)) {
    const { atom, namespace } = grant;
    const key = isUrlAtom(atom)
      ? atom.verb + atom.path
      : JSON.stringify([atom.verb, atom.apiGroup, atom.resource, namespace]);
    const row = rows.get(key) ?? { grant, names: [] };
    if (isUrlAtom(atom) || atom.name === undefined) row.names = null;
    else row.names?.push(atom.name);
    rows.set(key, row);
  }
  const lines = [...rows.values()].map(({ grant: { atom, namespace }, names }) => {
    return written(isUrlAtom(atom) ? atom : { ...atom, namespace, names });
  });
  return lines.sort();
}

describe('each vector, end to end', () => {
  test.each(vectors.map((vector) => ({ title: `${vector.id}. ${vector.title}`, vector })))('$title', ({ vector }) => {
    const policies = policiesOf(vector);

    const granted = policies.filter(({ objects }) => objects.length > 0);
    const bySubject = granted.map(({ subject, objects }) => [subjectKey(subject), grantsOf(objects)] as const);
    const expected = Object.entries(vector.expect).map(([user, list]) => [user, list.map(written).sort()] as const);
    expect(Object.fromEntries(bySubject)).toEqual(Object.fromEntries(expected));

    const authorizer = new Authorizer(policies.flatMap(({ objects }) => objects));
    const isAllowed = ({ user, groups, ...permission }: Request) =>
      authorizer.authorize({ name: user, groups }, permission).allowed;
    expect(vector.hidden.filter((request) => !isAllowed(request))).toEqual([]);
    expect(vector.mustDeny.filter(isAllowed)).toEqual([]);
  });

  test('there are forty of them', () => {
    expect(vectors).toHaveLength(40);
  });
});
