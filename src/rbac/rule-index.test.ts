import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleAllows } from './match.ts';
import type { PolicyRule } from './objects.ts';
import type { Permission } from './permission.ts';
import { RuleIndex } from './rule-index.ts';

const verb = fc.constantFrom('get', 'list', '*');
const resourceRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: fc.array(verb, { maxLength: 2 }),
  apiGroups: fc.array(fc.constantFrom('', 'apps', '*'), { maxLength: 2 }),
  resources: fc.array(fc.constantFrom('pods', 'pods/log', '*/log', '*', '*/', 'nodes'), { maxLength: 3 }),
  resourceNames: fc.array(fc.constantFrom('a', ''), { maxLength: 1 }),
});
const urlRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: fc.array(verb, { maxLength: 2 }),
  nonResourceURLs: fc.array(fc.constantFrom('/a', '/a*', '/a/b', '*', '/b**', ''), { maxLength: 3 }),
});
const permission: fc.Arbitrary<Permission> = fc.oneof(
  fc.record({ verb: fc.constantFrom('get', 'list'), path: fc.constantFrom('/a', '/a*', '/a/b', '/b', '/') }),
  fc.record({
    verb: fc.constantFrom('get', 'list'),
    apiGroup: fc.constantFrom('', 'apps'),
    resource: fc.constantFrom('pods', 'nodes', '*'),
    subresource: fc.constantFrom('', 'log'),
    namespace: fc.constant('n'),
    name: fc.constantFrom('', 'a'),
  }),
);

describe('RuleIndex', () => {
  it('leaves out no rule that allows, and keeps their order', () => {
    const rules = fc.array(fc.oneof(resourceRule, urlRule), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(rules, fc.array(permission), (list, permissions) => {
        const index = new RuleIndex(list);
        for (const asked of permissions) {
          const found = [...index.candidates(asked)];
          const allowing = [...list.keys()].filter((each) => ruleAllows(list[each] as PolicyRule, asked));

          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
          expect(found.filter((each) => ruleAllows(list[each] as PolicyRule, asked))).toEqual(allowing);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('narrows what has to be read', () => {
    const rules = Array.from({ length: 1_000 }, (_, each) => ({
      verbs: ['get'],
      apiGroups: [''],
      resources: [`r${each}`],
    }));
    const asked = { verb: 'get', apiGroup: '', resource: 'r7', subresource: '', namespace: '', name: '' };

    expect([...new RuleIndex(rules).candidates(asked)]).toEqual([7]);
  });
});
