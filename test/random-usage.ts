// Random usage of one subject, from a universe so small that permissions often meet: siblings, names and namelessness, the
// same in several namespaces and cluster-wide, words that RBAC reads as patterns, verbs that hand out power.
import fc from 'fast-check';
import { addTally, newInferredUsage, newPermissionUsage } from '../src/flow/aggregate/evidence.ts';
import { inferredKey, newSubjectUsage } from '../src/flow/aggregate/usage-builder.ts';
import type { InferenceKind, PermissionUsage, SubjectUsage } from '../src/flow/types.ts';
import { type Permission, permissionKey } from '../src/rbac/permission.ts';
import { subjectOfUsername } from '../src/rbac/subject.ts';

/** One permission as it was seen; `undefined` names mean that it was seen without a name. */
export interface Sighting {
  readonly permission: Permission;
  readonly names: readonly string[];
  readonly nameless: boolean;
  readonly how: 'used' | 'denied' | InferenceKind;
}

export interface RandomUsage {
  readonly username: string;
  readonly groups: readonly string[];
  readonly sightings: readonly Sighting[];
}

export const verbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'delete',
  'deletecollection',
  'bind',
  'impersonate',
  '',
];
export const apiGroups = ['', 'apps', 'rbac.authorization.k8s.io'];
export const resources = ['pods', 'secrets', 'namespaces', 'nodes', 'roles', 'pods/log', 'namespaces/status'];
export const namespaces = ['', 'a', 'b', 'c'];
export const names = ['a', 'b', 'c1', '*', 'x:y', 'with space'];
export const urlVerbs = ['get', 'head', 'post'];
export const urls = [
  '/metrics',
  '/healthz',
  '/livez/etcd',
  '/livez/ping',
  '/apis',
  '/apis/apps/v1',
  '/apis/apps/v1beta1',
  '/logs/a',
  '/logs/b',
  '/openapi/v3',
  '/',
];

const usernames = [
  'system:serviceaccount:a:sa',
  'system:serviceaccount:No_Such:sa',
  'alice',
  'Ärger: mit/Namen',
  'a--b',
];
const kinds: readonly Sighting['how'][] = [
  'used',
  'used',
  'used',
  'denied',
  'create-on-update',
  'websocket-create',
  'bind',
];

const wordThatIsAPattern = fc.constantFrom('verb', 'apiGroup', 'resource', 'namespace');

/** Mostly one of a few, so that permissions meet. */
function often(few: readonly string[], all: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...few) }, { weight: 1, arbitrary: fc.constantFrom(...all) });
}

const resourceSighting: fc.Arbitrary<Sighting> = fc
  .record({
    verb: often(['get', 'watch', 'create'], verbs),
    apiGroup: often([''], apiGroups),
    resource: often(['pods', 'namespaces'], resources),
    namespace: fc.constantFrom(...namespaces),
    names: fc.subarray(names, { maxLength: 3 }),
    nameless: fc.boolean(),
    how: fc.constantFrom(...kinds),
    hostile: fc.option(wordThatIsAPattern, { freq: 40 }),
  })
  .map(({ verb, apiGroup, resource, namespace, names: seen, nameless, how, hostile }) => {
    const [main = '', subresource = ''] = resource.split('/');
    const permission = { verb, apiGroup, resource: main, subresource, namespace, name: '' };
    const changed = hostile === null ? permission : { ...permission, [hostile]: '*' };
    return { permission: changed, names: seen, nameless: nameless || seen.length === 0, how };
  });

const namespaceSighting: fc.Arbitrary<Sighting> = fc
  .record({ verb: fc.constantFrom('get', 'update', 'delete'), namespace: fc.constantFrom('a', 'b'), sub: fc.boolean() })
  .map(({ verb, namespace, sub }) => ({
    permission: { verb, apiGroup: '', resource: 'namespaces', subresource: sub ? 'status' : '', namespace, name: '' },
    names: [namespace],
    nameless: false,
    how: 'used',
  }));

const urlSighting: fc.Arbitrary<Sighting> = fc
  .record({ verb: fc.constantFrom(...urlVerbs), path: fc.constantFrom(...urls, '/x*'), how: fc.constantFrom(...kinds) })
  .map(({ how, ...permission }) => ({ permission, names: [], nameless: true, how }));

/** Few permissions that differ in scope and names alone. */
const tightSighting: fc.Arbitrary<Sighting> = fc
  .record({
    verb: fc.constantFrom('get', 'impersonate'),
    namespace: fc.constantFrom('', '', 'a', 'b'),
    names: fc.subarray(['a', 'b', 'c1']),
  })
  .map(({ verb, namespace, names: seen }) => ({
    permission: { verb, apiGroup: '', resource: 'pods', subresource: '', namespace, name: '' },
    names: seen,
    nameless: seen.length === 0,
    how: 'used',
  }));

export const randomUsage: fc.Arbitrary<RandomUsage> = fc.record({
  username: fc.constantFrom(...usernames),
  groups: fc.subarray(['system:authenticated', 'system:serviceaccounts', 'system:masters', 'devs']),
  sightings: fc.oneof(
    { weight: 1, arbitrary: fc.array(tightSighting, { maxLength: 4 }) },
    {
      weight: 3,
      arbitrary: fc.array(
        fc.oneof(
          { weight: 6, arbitrary: resourceSighting },
          { weight: 1, arbitrary: namespaceSighting },
          { weight: 2, arbitrary: urlSighting },
        ),
        { maxLength: 14 },
      ),
    },
  ),
});

/** The usage table's row that aggregation would make of the sightings. */
export function toUsage(random: RandomUsage): SubjectUsage {
  const usage = newSubjectUsage(subjectOfUsername(random.username));
  for (const group of random.groups) usage.groups.add(group);
  usage.commonGroups = new Set(random.groups);
  for (const sighting of random.sightings) {
    const entry = entryFor(usage, sighting);
    for (const name of sighting.names) entry.names.add(name);
    entry.nameless ||= sighting.nameless;
    const tally = { count: 1, events: 1, firstSeen: 0, lastSeen: 0, sampleAuditId: '' };
    addTally(entry.evidence, tally, '', '');
  }
  return usage;
}

function entryFor(usage: SubjectUsage, { permission, how }: Sighting): PermissionUsage {
  const key = permissionKey(permission);
  if (how === 'used' || how === 'denied') {
    const entry = usage[how].get(key) ?? newPermissionUsage(permission);
    usage[how].set(key, entry);
    return entry;
  }
  const entry = usage.inferred.get(inferredKey(how, key)) ?? newInferredUsage(permission, how);
  entry.unlessHeld = undefined;
  usage.inferred.set(inferredKey(how, key), entry);
  return entry;
}
