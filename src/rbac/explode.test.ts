import { describe, expect, it } from 'vitest';
import { atomRule, explodeRule } from './explode.ts';
import type { PolicyRule } from './objects.ts';

describe('explodeRule', () => {
  it('gives every combination, and URLs beside resources', () => {
    const rule = { verbs: ['get', '*'], apiGroups: ['', 'x'], resources: ['pods'], nonResourceURLs: ['/a'] };

    expect([...explodeRule(rule)]).toEqual([
      { verb: 'get', apiGroup: '', resource: 'pods', name: undefined },
      { verb: '*', apiGroup: '', resource: 'pods', name: undefined },
      { verb: 'get', apiGroup: 'x', resource: 'pods', name: undefined },
      { verb: '*', apiGroup: 'x', resource: 'pods', name: undefined },
      { verb: 'get', path: '/a' },
      { verb: '*', path: '/a' },
    ]);
  });

  it.each<[string, Partial<PolicyRule>, (string | undefined)[]]>([
    ['no names are any name', {}, [undefined]],
    ['an empty list of names is any name', { resourceNames: [] }, [undefined]],
    ['names are those names, the empty one too', { resourceNames: ['a', ''] }, ['a', '']],
    ['without verbs nothing', { verbs: [] }, []],
    ['without groups nothing', { apiGroups: [] }, []],
    ['without resources nothing', { resources: [] }, []],
  ])('%s', (_, part, names) => {
    const atoms = [...explodeRule({ verbs: ['get'], apiGroups: [''], resources: ['pods'], ...part })];

    expect(atoms.map((atom) => ('path' in atom ? atom.path : atom.name))).toEqual(names);
  });

  it('is undone by atomRule', () => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: [''], nonResourceURLs: ['/a'] };

    for (const atom of explodeRule(rule)) expect([...explodeRule(atomRule(atom))]).toEqual([atom]);
  });
});
