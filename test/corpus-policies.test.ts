// Every real log -> the policy of every subject in it, under every strategy: nothing missing, nothing without evidence, no
// object that the API refuses, and the files say the same once read back.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultInferences } from '../src/flow/attribute/inferences.ts';
import { verify } from '../src/flow/evaluate/verify.ts';
import { policyFiles } from '../src/flow/export/policy-files.ts';
import { policyToYaml } from '../src/flow/export/policy-yaml.ts';
import { synthesise } from '../src/flow/synthesise/synthesise.ts';
import type { Policy, PolicyStrategy, SynthesisOptions, UsageTable } from '../src/flow/types.ts';
import { Authorizer } from '../src/rbac/authorize.ts';
import { defaultObjects } from '../src/rbac/defaults.ts';
import { parseManifests } from '../src/rbac/manifests.ts';
import { describeSubject } from '../src/rbac/subject.ts';
import { identityOfSubject } from '../src/rbac/subject-identity.ts';
import { validateObject } from '../src/rbac/validate.ts';
import { countLog } from './count-log.ts';

const corpus = new URL('corpus/', import.meta.url);
const logs = readdirSync(corpus).filter((name) => !/README|vectors|malformed/.test(name));

/** Hand-made, without the authorizer's annotations. */
const withoutDecisions = /^kubesplaining-(least|minimal)/;

const strategies: PolicyStrategy[] = [];
for (const scopeMode of ['ClusterScopeAllowed', 'NamespaceStrict'] as const) {
  for (const verbMerge of ['Smart', 'Exact'] as const) {
    for (const wildcards of ['Forbidden', 'Safe'] as const) {
      for (const resourceNames of ['Omit', 'Explicit'] as const) {
        strategies.push({ scopeMode, verbMerge, wildcards, resourceNames });
      }
    }
  }
}

function optionsFor(strategy: PolicyStrategy, shareRoles = false): SynthesisOptions {
  return {
    strategy,
    inferences: defaultInferences,
    assumeDefaults: true,
    includeDenied: false,
    shareRoles,
    homeNamespace: 'default',
  };
}

describe.each(logs)('%s', (log) => {
  const table = countLog(readFileSync(new URL(log, corpus)), { trustSuccess: withoutDecisions.test(log) });

  test('holds subjects with authorised requests', () => {
    const used = [...table.subjects.values()].filter((usage) => usage.used.size > 0);
    expect(used.length).toBeGreaterThan(0);
  });

  test.each(strategies.map((strategy) => ({ name: Object.values(strategy).join(', '), strategy })))('$name', (one) => {
    for (const shareRoles of [false, true]) {
      const options = optionsFor(one.strategy, shareRoles);
      const policies = [...table.subjects.values()].map((usage) => {
        const policy = synthesise(usage, options);
        const { missing, unproven } = verify(policy.objects, usage, { ...options, omitted: policy.omitted });
        const wrong = policy.objects.flatMap((object) => validateObject(object));
        expect({ who: describeSubject(usage.subject), missing, unproven, wrong }).toEqual({
          who: describeSubject(usage.subject),
          missing: [],
          unproven: [],
          wrong: [],
        });
        return policy;
      });
      expectNoSharedNames(policies);
      if (one.strategy.scopeMode === 'ClusterScopeAllowed') expectAllTogether(policies, table);
    }
  });

  test('nothing is left out unless RBAC has no words for it', () => {
    for (const usage of table.subjects.values()) {
      const { omitted } = synthesise(usage, optionsFor(strategies[0] as PolicyStrategy));
      expect(omitted).toEqual([]);
    }
  });
});

/** Applied together the objects are still each their own: no two share a kind, namespace and name, nor two files a path. */
function expectNoSharedNames(policies: readonly Policy[]): void {
  const names = policies.flatMap(({ objects }) =>
    objects.map(({ kind, metadata }) => JSON.stringify([kind, metadata.namespace, metadata.name])),
  );
  expect(new Set(names).size).toBe(names.length);
  const paths = policyFiles(policies, { homeNamespace: 'default' }).map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
}

/** Read back from its YAML and in one cluster with all others, each policy still allows every request of its subject. */
function expectAllTogether(policies: readonly Policy[], table: UsageTable): void {
  const read = parseManifests(policies.map((policy) => policyToYaml(policy)).join(''), 'all.yaml');
  expect(read.problems).toEqual([]);
  const authorizer = new Authorizer([...read.objects, ...defaultObjects], { privilegedGroup: false });
  for (const usage of table.subjects.values()) {
    const user = identityOfSubject(usage.subject, usage.commonGroups ?? []);
    for (const { permission, names, nameless } of usage.used.values()) {
      const requests = [...(nameless ? [permission] : []), ...names.sorted().map((name) => ({ ...permission, name }))];
      expect(requests.filter((request) => !authorizer.authorize(user, request).allowed)).toEqual([]);
    }
  }
}
