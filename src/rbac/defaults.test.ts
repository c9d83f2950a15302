import { describe, expect, it } from 'vitest';
import { Authorizer } from './authorize.ts';
import { defaultGrants } from './defaults.ts';
import type { Permission } from './permission.ts';

const anonymous = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
const user = { name: 'alice', groups: ['system:authenticated'] };
const account = { name: 'system:serviceaccount:a:b', groups: ['system:serviceaccounts', 'system:authenticated'] };

function url(path: string, verb = 'get'): Permission {
  return { verb, path };
}

function cluster(verb: string, apiGroup: string, resource: string): Permission {
  return { verb, apiGroup, resource, subresource: '', namespace: '', name: '' };
}

describe('defaultGrants', () => {
  it.each<[Permission, boolean, boolean, boolean]>([
    // Who may: everybody, users, service accounts.
    [url('/version'), true, true, true],
    [url('/version/'), true, true, true],
    [url('/healthz'), true, true, true],
    [url('/livez'), true, true, true],
    [url('/readyz'), true, true, true],
    [url('/livez/ping'), false, false, false],
    [url('/'), false, false, false],
    [url('/metrics'), false, false, false],
    [url('/healthz', 'head'), false, false, false],
    [url('/api'), false, true, true],
    [url('/apis/apps/v1'), false, true, true],
    [url('/openapi/v3'), false, true, true],
    [url('/.well-known/openid-configuration'), false, false, true],
    [url('/openid/v1/jwks/'), false, false, true],
    [cluster('create', 'authorization.k8s.io', 'selfsubjectaccessreviews'), false, true, true],
    [cluster('create', 'authorization.k8s.io', 'selfsubjectrulesreviews'), false, true, true],
    [cluster('create', 'authentication.k8s.io', 'selfsubjectreviews'), false, true, true],
    [cluster('create', 'authorization.k8s.io', 'subjectaccessreviews'), false, false, false],
    [cluster('list', 'certificates.k8s.io', 'clustertrustbundles'), false, false, false],
  ])('%o', (permission, ...expected) => {
    const authorizer = new Authorizer(defaultGrants());

    expect([anonymous, user, account].map((who) => authorizer.authorize(who, permission).allowed)).toEqual(expected);
  });

  it.each([
    ['1.37', true],
    ['v1.38.0-rc.1', true],
    ['1.36.9', false],
    ['2.0', false],
    ['', false],
    ['latest', false],
  ])('of version %s, clustertrustbundles: %s', (version, granted) => {
    const { allowed } = new Authorizer(defaultGrants(version)).authorize(
      account,
      cluster('watch', 'certificates.k8s.io', 'clustertrustbundles'),
    );

    expect(allowed).toBe(granted);
  });
});
