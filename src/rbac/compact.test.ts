import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactRules } from './compact.ts';
import type { RuleAtom } from './explode.ts';
import { atomRule, explodeRule } from './explode.ts';
import { ruleAllows } from './match.ts';
import type { PolicyRule } from './objects.ts';
import type { Permission } from './permission.ts';

const smart = { verbMerge: 'Smart' } as const;
const exact = { verbMerge: 'Exact' } as const;

function rule(verbs: string, resources: string, group = '', names?: string): PolicyRule {
  const base = { apiGroups: group.split(','), resources: resources.split(','), verbs: verbs.split(',') };
  return names === undefined ? base : { ...base, resourceNames: names.split(',') };
}

function urls(verbs: string, paths: string): PolicyRule {
  return { nonResourceURLs: paths.split(','), verbs: verbs.split(',') };
}

function keys(rules: readonly PolicyRule[]): string[] {
  return [...new Set(rules.flatMap((each) => [...explodeRule(each)].map((atom) => JSON.stringify(atom))))].sort();
}

// Small alphabets, so that everything meets everything: stars, names, the empty name and near misses among them.
const verbs = fc.constantFrom('get', 'list', 'create', '*', '');
const groups = fc.constantFrom('', 'apps', 'extensions', '*');
const resources = fc.constantFrom('pods', 'pods/log', 'deployments', 'deployments/log', '*', '*/log', 'pods/*');
const names = fc.constantFrom('a', 'b', '', '*');
const paths = fc.constantFrom('/', '/a', '/a/b', '/a*', '/a**', '/a/*', '*', '/b');
const atoms: fc.Arbitrary<RuleAtom> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verb: verbs,
      apiGroup: groups,
      resource: resources,
      name: fc.option(names, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ verb: verbs, path: paths }) },
);
const plainAtoms: fc.Arbitrary<RuleAtom> = fc.record({
  verb: fc.constantFrom('get', 'list', 'watch', 'create'),
  apiGroup: fc.constantFrom('', 'apps'),
  resource: fc.constantFrom('pods', 'pods/log', 'deployments', 'secrets'),
  name: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
});
const atomLists = fc.array(atoms, { maxLength: 25 });

const probes: Permission[] = [];
for (const verb of ['get', 'list', 'create', 'delete', '']) {
  for (const path of ['/', '/a', '/a/', '/a/b', '/ab', '/b', '/b/c', '/a*']) probes.push({ verb, path });
  for (const apiGroup of ['', 'apps', 'extensions', 'other']) {
    for (const [resource, subresource] of [
      ['pods', ''],
      ['pods', 'log'],
      ['pods', '*'],
      ['deployments', ''],
      ['deployments', 'log'],
      ['nodes', ''],
      ['nodes', 'log'],
    ]) {
      for (const name of ['', 'a', 'b', 'c', '*']) {
        probes.push({
          verb,
          apiGroup,
          resource: resource as string,
          subresource: subresource as string,
          namespace: 'n',
          name,
        });
      }
    }
  }
}

function allowed(rules: readonly PolicyRule[]): Permission[] {
  return probes.filter((probe) => rules.some((each) => ruleAllows(each, probe)));
}

describe('compactRules', () => {
  it.each<[string, PolicyRule[], PolicyRule[]]>([
    [
      'keeps what would be a cross product apart',
      [rule('get', 'pods'), rule('create', 'pods/exec')],
      [rule('get', 'pods'), rule('create', 'pods/exec')],
    ],
    ['unites verbs', [rule('list', 'pods'), rule('get', 'pods')], [rule('get,list', 'pods')]],
    [
      'unites resources with the same verbs',
      [rule('get,list', 'pods'), rule('list', 'services'), rule('get', 'services')],
      [rule('get,list', 'pods,services')],
    ],
    [
      'unites groups when both have all of it',
      [rule('get', 'deployments', 'apps'), rule('get', 'deployments', 'extensions')],
      [rule('get', 'deployments', 'apps,extensions')],
    ],
    [
      'never unites groups with different resources',
      [rule('get', 'pods'), rule('get', 'deployments', 'apps')],
      [rule('get', 'pods'), rule('get', 'deployments', 'apps')],
    ],
    [
      'unites names',
      [rule('get', 'secrets', '', 'b'), rule('get', 'secrets', '', 'a')],
      [rule('get', 'secrets', '', 'a,b')],
    ],
    [
      'drops names beside the same without names',
      [rule('get', 'secrets', '', 'b'), rule('get', 'secrets')],
      [rule('get', 'secrets')],
    ],
    [
      'never unites names of different resources',
      [rule('get', 'secrets', '', 'a'), rule('get', 'pods', '', 'b')],
      [rule('get', 'pods', '', 'b'), rule('get', 'secrets', '', 'a')],
    ],
    [
      'keeps the empty name a name',
      [rule('create', 'pods', '', ''), rule('get', 'pods', '', 'a')],
      [rule('create', 'pods', '', ''), rule('get', 'pods', '', 'a')],
    ],
    [
      'drops what a wildcard covers',
      [rule('*', 'pods'), rule('get', 'pods'), rule('get', 'pods/log'), rule('get', '*/log', '*')],
      [rule('*', 'pods'), rule('get', '*/log', '*')],
    ],
    ['unites URLs', [urls('get', '/b'), urls('get', '/a')], [urls('get', '/a,/b')]],
    [
      'drops URLs that a prefix covers',
      [urls('get', '/a/b'), urls('get', '/a/*'), urls('get,head', '/a')],
      [urls('get,head', '/a'), urls('get', '/a/*')],
    ],
    ['writes a prefix one way', [urls('get', '/a**'), urls('head', '/a*')], [urls('get,head', '/a*')]],
    ['puts URLs last', [urls('get', '/b'), rule('get', 'pods', 'z')], [rule('get', 'pods', 'z'), urls('get', '/b')]],
    [
      'drops rules that grant nothing',
      [
        { verbs: ['get'], resources: ['pods'] },
        { verbs: [], nonResourceURLs: ['/'] },
      ],
      [],
    ],
    [
      'goes by columns where that takes fewer rules',
      [rule('get,list', 'a'), rule('get', 'b'), rule('list', 'c')],
      [rule('get', 'a,b'), rule('list', 'a,c')],
    ],
  ])('%s', (_, input, output) => {
    expect(compactRules(input, smart)).toEqual(output);
  });

  it('keeps one verb and one resource a rule with Exact', () => {
    const input = [rule('get,list', 'pods,services'), rule('get', 'secrets', '', 'b,a'), urls('get', '/b,/a')];

    expect(compactRules(input, exact)).toEqual([
      rule('get', 'pods'),
      rule('list', 'pods'),
      rule('get', 'secrets', '', 'a,b'),
      rule('get', 'services'),
      rule('list', 'services'),
      urls('get', '/a'),
      urls('get', '/b'),
    ]);
  });

  it('grants what the atoms grant and nothing else', () => {
    fc.assert(
      fc.property(atomLists, fc.constantFrom(smart, exact), (list, options) => {
        const rules = list.map(atomRule);

        expect(allowed(compactRules(rules, options))).toEqual(allowed(rules));
      }),
      { numRuns: 400 },
    );
  });

  it('emits no atom that it was not given', () => {
    fc.assert(
      fc.property(fc.array(plainAtoms, { maxLength: 40 }), fc.constantFrom(smart, exact), (list, options) => {
        const rules = list.map(atomRule);
        const given = new Set(keys(rules));

        expect(keys(compactRules(rules, options)).filter((key) => !given.has(key))).toEqual([]);
      }),
    );
  });

  it('gives the same rules for the same grants in any order and shape', () => {
    const shuffled = atomLists.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.constantFrom(smart, exact)),
    );
    fc.assert(
      fc.property(shuffled, ([list, other, options]) => {
        const rules = compactRules(list.map(atomRule), options);

        expect(compactRules(other.map(atomRule), options)).toEqual(rules);
        expect(compactRules([...rules].reverse(), options)).toEqual(rules);
      }),
    );
  });

  it('never takes more rules than grouping resources with the same verbs', () => {
    fc.assert(
      fc.property(fc.array(plainAtoms, { maxLength: 40 }), (list) => {
        const rules = compactRules(list.map(atomRule), smart);

        expect(rules.length).toBeLessThanOrEqual(groupedByVerbs(rules).size);
      }),
    );
  });

  it('handles 5,000 atoms of a wide table', () => {
    const rules: PolicyRule[] = [];
    for (let index = 0; index < 5_000; index += 1) {
      const row = index % 500;
      const verb = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'x', 'y', 'z'][(index / 500) | 0];
      if ((row * 31 + index) % 7 !== 0) rules.push(rule(verb as string, `r${row}`, `g${row % 5}`));
    }

    const compact = compactRules(rules, smart);

    expect(keys(compact)).toEqual(keys(rules));
    expect(compact.length).toBeLessThanOrEqual(groupedByVerbs(rules).size);
  });
});

/** As kubectl users write them: one rule for the resources of one group that have the same verbs and names. */
function groupedByVerbs(rules: readonly PolicyRule[]): Set<string> {
  const verbsByRow = new Map<string, Set<string>>();
  for (const each of rules) {
    for (const atom of explodeRule(each)) {
      const { verb, ...rest } = atom;
      const row = JSON.stringify(rest);
      verbsByRow.set(row, (verbsByRow.get(row) ?? new Set()).add(verb));
    }
  }
  const rows = [...verbsByRow].map(([row, set]) => {
    const { apiGroup, name } = JSON.parse(row) as { apiGroup?: string; name?: string };
    return JSON.stringify([apiGroup, name, [...set].sort()]);
  });
  return new Set(rows);
}
