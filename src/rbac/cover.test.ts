import { describe, expect, it } from 'vitest';
import { uncoveredRules } from './cover.ts';
import type { PolicyRule } from './objects.ts';

function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  const lists = { verbs: verbs.split(','), apiGroups: groups.split(','), resources: resources.split(',') };
  return names === undefined ? lists : { ...lists, resourceNames: names.split(',') };
}

function urls(verbs: string, paths: string): PolicyRule {
  return { verbs: verbs.split(','), nonResourceURLs: paths.split(',') };
}

describe('uncoveredRules', () => {
  it.each<[string, PolicyRule[], PolicyRule[], PolicyRule[]]>([
    ['an empty role', [], [], []],
    ['a rule that grants nothing', [], [{ verbs: [], apiGroups: [''], resources: ['pods'] }], []],
    ['exactly what is held', [rule('get', '', 'pods')], [rule('get', '', 'pods')], []],
    ['nothing held', [], [rule('get', '', 'pods')], [rule('get', '', 'pods')]],
    ['a verb too many', [rule('get', '', 'pods')], [rule('get,list', '', 'pods')], [rule('list', '', 'pods')]],
    ['across several rules', [rule('get', '', 'pods'), rule('list', '', 'pods')], [rule('get,list', '', 'pods')], []],
    [
      'a product across rules',
      [rule('get', '', 'pods'), rule('list', '', 'nodes')],
      [rule('get,list', '', 'pods,nodes')],
      [rule('list', '', 'pods'), rule('get', '', 'nodes')],
    ],
    ['a star for a verb', [rule('*', '', 'pods')], [rule('escalate,*', '', 'pods')], []],
    [
      'all verbs are no star',
      [rule('get,list,watch,create,update,patch,delete,deletecollection', '', 'pods')],
      [rule('*', '', 'pods')],
      [rule('*', '', 'pods')],
    ],
    ['a star for a group', [rule('get', '*', 'pods')], [rule('get', 'apps,*', 'pods')], []],
    ['another group', [rule('get', 'apps', 'pods')], [rule('get', '', 'pods')], [rule('get', '', 'pods')]],
    ['a star for a resource', [rule('get', '', '*')], [rule('get', '', 'pods,pods/log,*/scale,*')], []],
    [
      'a resource for its subresource',
      [rule('get', '', 'pods')],
      [rule('get', '', 'pods/log')],
      [rule('get', '', 'pods/log')],
    ],
    ['a subresource of all', [rule('get', '', '*/log')], [rule('get', '', 'pods/log,*/log')], []],
    [
      'a subresource of all, another asked',
      [rule('get', '', '*/log')],
      [rule('get', '', 'pods/exec,pods')],
      [rule('get', '', 'pods/exec'), rule('get', '', 'pods')],
    ],
    ['one subresource for all', [rule('get', '', 'pods/log')], [rule('get', '', '*/log')], [rule('get', '', '*/log')]],
    ['names by no names', [rule('get', '', 'pods')], [rule('get', '', 'pods', 'a,b')], []],
    ['no names by names', [rule('get', '', 'pods', 'a')], [rule('get', '', 'pods')], [rule('get', '', 'pods')]],
    [
      'names by names',
      [rule('get', '', 'pods', 'a,c')],
      [rule('get', '', 'pods', 'a,b')],
      [rule('get', '', 'pods', 'b')],
    ],
    ['a URL', [urls('get', '/a')], [urls('get', '/a,/b')], [urls('get', '/b')]],
    ['a URL by a prefix', [urls('get', '/a/*')], [urls('get', '/a/b,/a/*,/a/b*')], []],
    ['a prefix by a URL', [urls('get', '/a/b')], [urls('get', '/a/*')], [urls('get', '/a/*')]],
    ['all URLs', [urls('*', '*')], [urls('get', '/a,*')], []],
    ['a URL by resources', [rule('*', '*', '*')], [urls('get', '/a')], [urls('get', '/a')]],
  ])('%s', (_, owner, servant, missing) => {
    expect(uncoveredRules(owner, servant)).toEqual(missing);
  });
});
