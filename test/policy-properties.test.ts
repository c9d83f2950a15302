// Random usage -> policy -> authorizer: what the policy allows is exactly what was seen, widened by nothing but the options'
// own words. At least 10,000 usage tables, every combination of the knobs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verify } from '../src/flow/evaluate/verify.ts';
import { policyToYaml } from '../src/flow/export/policy-yaml.ts';
import { synthesise } from '../src/flow/synthesise/synthesise.ts';
import type { SubjectUsage, SynthesisOptions } from '../src/flow/types.ts';
import { Authorizer } from '../src/rbac/authorize.ts';
import { defaultObjects } from '../src/rbac/defaults.ts';
import { parseManifests } from '../src/rbac/manifests.ts';
import type { RbacObject } from '../src/rbac/objects.ts';
import { isUrlPermission, type Permission, ruleResource } from '../src/rbac/permission.ts';
import { subjectKey, subjectOfUsername } from '../src/rbac/subject.ts';
import { validateObject } from '../src/rbac/validate.ts';
import {
  apiGroups,
  names,
  namespaces,
  type RandomUsage,
  randomUsage,
  resources,
  type Sighting,
  toUsage,
  urls,
  urlVerbs,
  verbs,
} from './random-usage.ts';

const tablesPerCombination = 160; // times 64 combinations: 10,240

const combinations: SynthesisOptions[] = [];
for (const scopeMode of ['ClusterScopeAllowed', 'NamespaceStrict'] as const) {
  for (const verbMerge of ['Smart', 'Exact'] as const) {
    for (const wildcards of ['Forbidden', 'Safe'] as const) {
      for (const resourceNames of ['Omit', 'Explicit'] as const) {
        for (const shareRoles of [false, true]) {
          for (const assumeDefaults of [false, true]) {
            combinations.push({
              strategy: { scopeMode, verbMerge, wildcards, resourceNames },
              inferences: new Set(shareRoles ? ['create-on-update'] : ['create-on-update', 'bind', 'informer']),
              assumeDefaults,
              includeDenied: assumeDefaults !== shareRoles,
              shareRoles,
              homeNamespace: 'home',
            });
          }
        }
      }
    }
  }
}

describe.each(combinations.map((options) => ({ title: titleOf(options), options })))('$title', ({ options }) => {
  test('allows what was seen, refuses what was not, proves both, and has no rule to spare', () => {
    fc.assert(
      fc.property(randomUsage, fc.nat(), (random, seed) => {
        const usage = toUsage(random);

        const policy = synthesise(usage, options);

        for (const object of policy.objects) expect(validateObject(object)).toEqual([]);
        expectExact(policy.objects, random, options, seed);
        const proof = verify(policy.objects, usage, { ...options, omitted: policy.omitted });
        expect(proof).toMatchObject({ missing: [], unproven: [] });
        expectNoSpareRule(policy.objects, usage, options);
        expectSameInAnyOrder(policy, random, options);
        if (seed % 4 === 0) expectReadBack(policy);
      }),
      { numRuns: tablesPerCombination },
    );
  });
});

function titleOf({ strategy, shareRoles, assumeDefaults }: SynthesisOptions): string {
  return [...Object.values(strategy), `shareRoles ${shareRoles}`, `assumeDefaults ${assumeDefaults}`].join(', ');
}

// ------------------------------------------------------------------------------- what should be allowed, in plain words

/** The sightings that count under the options, informers' included. */
function counted(random: RandomUsage, options: SynthesisOptions): Sighting[] {
  const on = random.sightings.filter(({ how }) => {
    if (how === 'used') return true;
    return how === 'denied' ? options.includeDenied : options.inferences.has(how);
  });
  if (!options.inferences.has('informer')) return on;
  const watches = random.sightings.filter(({ how, permission }) => {
    return (
      how === 'used' && permission.verb === 'watch' && !isUrlPermission(permission) && permission.subresource === ''
    );
  });
  const behind = (verb: string) => watches.map((watch) => ({ ...watch, permission: { ...watch.permission, verb } }));
  return [...on, ...behind('list'), ...behind('get')];
}

/** Whether the options want the request allowed by the subject's own roles, judged sighting by sighting. */
function shouldAllow(request: Permission, sightings: readonly Sighting[], options: SynthesisOptions): boolean {
  const creator = sightings.some(({ permission: p }) => {
    return !isUrlPermission(p) && p.verb === 'create' && p.resource === 'namespaces' && !p.subresource && !p.apiGroup;
  });
  const strict = options.strategy.scopeMode === 'NamespaceStrict';
  if (isUrlPermission(request)) return !strict && shouldAllowUrl(request, sightings, options);
  return sightings.some(({ permission: seen, names: seenNames }) => {
    if (isUrlPermission(seen) || isPattern(seen)) return false;
    if (seen.verb !== request.verb || seen.apiGroup !== request.apiGroup) return false;
    if (ruleResource(seen) !== ruleResource(request)) return false;
    if (seen.namespace === '' ? strict : seen.namespace === '*') return false;
    const same = sightings.filter(({ permission }) => JSON.stringify(permission) === JSON.stringify(seen));
    const always = same.some(({ nameless }) => nameless);
    const all = same.flatMap((other) => other.names);
    const isItself =
      seen.resource === 'namespaces' && !seen.apiGroup && !always && all.every((n) => n === seen.namespace);
    if (isItself && creator && !strict && seen.namespace !== '') return request.name === seen.namespace;
    if (seen.namespace !== '' && seen.namespace !== request.namespace) return false;
    const anyName = options.strategy.resourceNames === 'Omit' && !['bind', 'impersonate'].includes(seen.verb);
    return always || anyName || seenNames.includes(request.name);
  });
}

function shouldAllowUrl(
  request: { readonly verb: string; readonly path: string },
  sightings: readonly Sighting[],
  options: SynthesisOptions,
): boolean {
  const seen = new Set<string>();
  for (const { permission } of sightings) {
    if (isUrlPermission(permission) && permission.verb === request.verb) seen.add(permission.path);
  }
  if (seen.has(request.path) && !request.path.endsWith('*')) return true;
  if (options.strategy.wildcards === 'Forbidden' || request.verb !== 'get') return false;
  const children = (root: string) => [...seen].filter((path) => path.startsWith(`${root}/`)).length;
  return ['/livez', '/apis/apps'].some((root) => request.path.startsWith(`${root}/`) && children(root) >= 2);
}

function isPattern(permission: Permission): boolean {
  if (isUrlPermission(permission)) return permission.path.endsWith('*') || permission.verb === '*';
  return [permission.verb, permission.apiGroup, permission.resource].includes('*');
}

// ---------------------------------------------------------------------------------------------------- the expectations

function expectExact(
  objects: readonly RbacObject[],
  random: RandomUsage,
  options: SynthesisOptions,
  seed: number,
): void {
  const sightings = counted(random, options);
  const user = { name: subjectKey(subjectOfUsername(random.username)), groups: [] };
  const own = new Authorizer(objects, { privilegedGroup: false });
  const defaults = new Authorizer(options.assumeDefaults ? defaultObjects : [], { privilegedGroup: false });
  const groups = random.groups.filter((group) => group !== 'system:masters');
  for (const request of requestsNear(random.sightings, seed)) {
    const expected = shouldAllow(request, sightings, options);
    const allowed = own.authorize(user, request).allowed;
    const byDefault = defaults.authorize({ ...user, groups }, request).allowed;
    if (allowed !== expected && !byDefault) {
      expect.unreachable(`${JSON.stringify(request)} is ${allowed ? 'allowed' : 'refused'} and should not be`);
    }
  }
}

/** What was seen, word for word, and neighbours of it that differ in one or two words. */
function* requestsNear(sightings: readonly Sighting[], seed: number): Generator<Permission> {
  let state = seed;
  const pick = (values: readonly string[]) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return values[(state >>> 8) % values.length] as string;
  };
  for (const { permission, names: seenNames, nameless } of sightings) {
    if (isUrlPermission(permission)) {
      yield permission;
      yield { ...permission, verb: pick(urlVerbs) };
      yield { ...permission, path: pick(urls) };
      for (const child of ['x', 'etcd', '']) yield { ...permission, path: `${permission.path}/${child}` };
      continue;
    }
    for (const name of [...seenNames, ...(nameless ? [''] : [])]) yield { ...permission, name };
    for (let i = 0; i < 3; i++) {
      const near = { ...permission, name: pick([...seenNames, '']) };
      yield { ...near, verb: pick([...verbs, 'escalate', 'patch']) };
      yield { ...near, name: pick([...names, 'never-seen', '']) };
      yield { ...near, namespace: pick([...namespaces, 'never-seen']) };
      yield { ...near, apiGroup: pick(apiGroups) };
      const [resource = '', subresource = ''] = pick([...resources, 'pods/exec', 'configmaps']).split('/');
      yield { ...near, resource, subresource };
      yield { ...near, resource, subresource, verb: pick(verbs), namespace: pick(namespaces) };
    }
  }
  for (const path of urls) yield { verb: pick(urlVerbs), path };
}

function expectReadBack(policy: ReturnType<typeof synthesise>): void {
  const text = policyToYaml(policy);
  expect(parseManifests(text, 'policy.yaml')).toEqual({ objects: policy.objects, ignored: 0, problems: [] });
}

/** Without any one of its rules the policy refuses something that was seen. */
function expectNoSpareRule(objects: readonly RbacObject[], usage: SubjectUsage, options: SynthesisOptions): void {
  const missing = verify(objects, usage, options).missing;
  for (const object of objects) {
    if (object.kind !== 'Role' && object.kind !== 'ClusterRole') continue;
    for (const rule of object.rules) {
      // namespaces/b/namespaces/a, which no client sends, is allowed by name for who makes namespaces, and in b as well.
      if (rule.resources?.some((resource) => resource.startsWith('namespaces'))) continue;
      const less = { ...object, rules: object.rules.filter((other) => other !== rule) };
      const left = objects.map((other) => (other === object ? less : other));
      expect(verify(left, usage, options).missing).not.toEqual(missing);
    }
  }
}

function expectSameInAnyOrder(
  policy: ReturnType<typeof synthesise>,
  random: RandomUsage,
  options: SynthesisOptions,
): void {
  const reversed = { ...random, groups: random.groups.toReversed(), sightings: random.sightings.toReversed() };
  expect(synthesise(toUsage(reversed), options)).toEqual(policy);
}
