import { describe, expect, it } from 'vitest';
import { ruleAllows } from './match.ts';
import type { PolicyRule } from './objects.ts';
import type { ResourcePermission } from './permission.ts';

const pods: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const getPod: ResourcePermission = {
  verb: 'get',
  apiGroup: '',
  resource: 'pods',
  subresource: '',
  namespace: 'a',
  name: 'p',
};

describe('ruleAllows, resources', () => {
  it.each<[string, Partial<PolicyRule>, Partial<ResourcePermission>, boolean]>([
    ['an exact rule', {}, {}, true],
    ['another verb', {}, { verb: 'list' }, false],
    ['a verb in another case', {}, { verb: 'GET' }, false],
    ['a star among the verbs', { verbs: ['list', '*'] }, { verb: 'escalate' }, true],
    ['the empty verb by a star', { verbs: ['*'] }, { verb: '' }, true],
    ['the empty verb by the empty verb', { verbs: [''] }, { verb: '' }, true],
    ['the empty verb by no other', {}, { verb: '' }, false],
    ['no verbs', { verbs: [] }, {}, false],
    ['another group', {}, { apiGroup: 'apps' }, false],
    ['core is not called core', { apiGroups: ['core'] }, {}, false],
    ['a star among the groups', { apiGroups: ['*'] }, { apiGroup: 'apps' }, true],
    ['no groups', { apiGroups: [] }, {}, false],
    ['a resource does not cover its subresources', {}, { subresource: 'log' }, false],
    ['a subresource does not cover its resource', { resources: ['pods/log'] }, {}, false],
    ['an exact subresource', { resources: ['pods/log'] }, { subresource: 'log' }, true],
    ['a star covers subresources', { resources: ['*'] }, { subresource: 'log' }, true],
    ['a subresource of all resources', { resources: ['*/log'] }, { subresource: 'log' }, true],
    ['no other subresource', { resources: ['*/log'] }, { subresource: 'exec' }, false],
    ['no resource of that name', { resources: ['*/pods'] }, {}, false],
    ['a star after the slash is literal', { resources: ['pods/*'] }, { subresource: 'log' }, false],
    ['two stars are literal', { resources: ['*/*'] }, { subresource: 'log' }, false],
    ['two stars and the literal star', { resources: ['*/*'] }, { subresource: '*' }, true],
    ['no prefix of a resource', { resources: ['pod*'] }, {}, false],
    ['a name listed', { resourceNames: ['q', 'p'] }, {}, true],
    ['a name not listed', { resourceNames: ['q'] }, {}, false],
    ['a star is a literal name', { resourceNames: ['*'] }, {}, false],
    ['the literal name star', { resourceNames: ['*'] }, { name: '*' }, true],
    ['names refuse a nameless request', { resourceNames: ['p'] }, { name: '' }, false],
    ['the empty name allows nameless requests', { resourceNames: [''] }, { name: '' }, true],
    ['the empty name refuses named ones', { resourceNames: [''] }, {}, false],
    ['an empty list of names allows all', { resourceNames: [] }, {}, true],
    ['the namespace is no matter of rules', {}, { namespace: '' }, true],
    ['a rule for URLs', { apiGroups: [], resources: [], nonResourceURLs: ['*'] }, {}, false],
  ])('%s', (_, rule, permission, allowed) => {
    expect(ruleAllows({ ...pods, ...rule }, { ...getPod, ...permission })).toBe(allowed);
  });
});

describe('ruleAllows, URLs', () => {
  it.each<[string, string, boolean]>([
    ['/healthz', '/healthz', true],
    ['/healthz', '/healthz/', false],
    ['/healthz/', '/healthz', false],
    ['*', '/anything/at/all', true],
    ['/api/*', '/api/v1', true],
    ['/api/*', '/api/', true],
    ['/api/*', '/api', false],
    ['/api*', '/apis', true],
    ['/api**', '/apis', true],
    ['/a*b', '/axb', false],
    ['/a*b', '/a*b', true],
    ['/a*b*', '/a*bc', true],
    ['', '/', false],
  ])('%s and %s: %s', (pattern, path, allowed) => {
    expect(ruleAllows({ verbs: ['get'], nonResourceURLs: [pattern] }, { verb: 'get', path })).toBe(allowed);
  });

  it('asks for the verb as it is', () => {
    const rule = { verbs: ['get'], nonResourceURLs: ['*'] };

    expect(ruleAllows(rule, { verb: 'head', path: '/' })).toBe(false);
  });

  it('never allows a URL by a rule for resources', () => {
    const rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

    expect(ruleAllows(rule, { verb: 'get', path: '/' })).toBe(false);
  });
});
