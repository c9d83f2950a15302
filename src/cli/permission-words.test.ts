import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePermission, type ResourcePermission } from '../rbac/permission.ts';
import { permissionOfText, permissionOfWords } from './permission-words.ts';

const pods: ResourcePermission = {
  verb: 'get',
  apiGroup: '',
  resource: 'pods',
  subresource: '',
  namespace: '',
  name: '',
};

describe('permissionOfWords', () => {
  it.each([
    [['get', 'pods'], {}, pods],
    [['get', 'pods', 'p'], { namespace: 'web' }, { ...pods, namespace: 'web', name: 'p' }],
    [['get', 'pods/log'], {}, { ...pods, subresource: 'log' }],
    [['get', 'pods'], { subresource: 'log', name: 'p' }, { ...pods, subresource: 'log', name: 'p' }],
    [
      ['patch', 'deployments.apps/scale'],
      {},
      { ...pods, verb: 'patch', apiGroup: 'apps', resource: 'deployments', subresource: 'scale' },
    ],
    [
      ['get', 'roles.rbac.authorization.k8s.io'],
      {},
      { ...pods, apiGroup: 'rbac.authorization.k8s.io', resource: 'roles' },
    ],
    [['""', 'pods'], {}, { ...pods, verb: '' }],
    [['get', '/metrics'], {}, { verb: 'get', path: '/metrics' }],
  ])('%j %j', (words, place, permission) => {
    expect(permissionOfWords(words, place)).toEqual(permission);
  });

  it.each([
    [['get'], {}],
    [['get', 'pods', 'a', 'b'], {}],
    [['get', 'pods', 'a'], { name: 'b' }],
    [['get', 'pods/log'], { subresource: 'exec' }],
    [['get', '/metrics'], { namespace: 'web' }],
    [['get', '/metrics', 'x'], {}],
  ])('refuses %j %j', (words, place) => {
    expect(() => permissionOfWords(words, place)).toThrow(/is not a permission/);
  });
});

describe('permissionOfText', () => {
  it.each([
    ['get pods in web', { ...pods, namespace: 'web' }],
    ['get  pods  p  -n web', { ...pods, namespace: 'web', name: 'p' }],
    ['get pods in web (name a b)', { ...pods, namespace: 'web', name: 'a b' }],
    ['get in in in', { ...pods, resource: 'in', namespace: 'in' }],
  ])('%s', (text, permission) => {
    expect(permissionOfText(text)).toEqual(permission);
  });

  it('understands whatever describePermission writes', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const optional = fc.oneof(fc.constant(''), word);
    const permission = fc.record({
      verb: word,
      apiGroup: fc.oneof(optional, fc.constant('apps.example.com')),
      resource: word,
      subresource: optional,
      namespace: optional,
      name: optional,
    });
    fc.assert(
      fc.property(permission, (each) => {
        expect(permissionOfText(describePermission(each))).toEqual(each);
      }),
    );
  });
});
