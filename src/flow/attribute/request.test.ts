import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePermission, isUrlPermission } from '../../rbac/permission.ts';
import { attributesOfRequest } from './request.ts';

function sent(method: string, uri: string): string {
  const attributes = attributesOfRequest({ method, uri });
  return 'permission' in attributes ? describePermission(attributes.permission) : attributes.problem;
}

function logged(verb: string, uri: string): string {
  const attributes = attributesOfRequest({ verb, uri });
  return 'permission' in attributes ? describePermission(attributes.permission) : attributes.problem;
}

// What NewRequestInfo of apiserver v0.34.4 gives for the same method and URI.
const requests: readonly (readonly [method: string, uri: string, expected: string])[] = [
  ['GET', '/', 'get /'],
  ['GET', '/healthz/', 'get /healthz/'],
  ['HEAD', '/healthz', 'head /healthz'],
  ['OPTIONS', '/version', 'options /version'],
  ['GET', '/api', 'get /api'],
  ['GET', '/api/v1', 'get /api/v1'],
  ['GET', '/api/v1/', 'get /api/v1/'],
  ['GET', '/apis/apps/v1', 'get /apis/apps/v1'],
  ['GET', '/API/v1/pods', 'get /API/v1/pods'],
  ['GET', '/metrics?x=/api/v1/pods', 'get /metrics'],
  ['GET', '//api//v1/pods', 'get v1 (name pods)'],
  ['GET', '/api/v1/pods', 'list pods'],
  ['HEAD', '/api/v1/nodes/n', 'get nodes (name n)'],
  ['POST', '/api/v1/namespaces', 'create namespaces'],
  ['GET', '/api/v1/namespaces/a', 'get namespaces in a (name a)'],
  ['PUT', '/api/v1/namespaces/a/finalize', 'update namespaces/finalize in a (name a)'],
  ['PATCH', '/api/v1/namespaces/a/status', 'patch namespaces/status in a (name a)'],
  ['GET', '/apis/apps/v1/namespaces/a/deployments/d/scale', 'get deployments.apps/scale in a (name d)'],
  ['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection pods in a'],
  ['DELETE', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dp', 'deletecollection pods in a'],
  ['POST', '/api/v1/namespaces/a/pods/p/exec?command=sh', 'create pods/exec in a (name p)'],
  ['OPTIONS', '/api/v1/namespaces/a/pods/x', '"" pods in a (name x)'],
  ['get', '/api/v1/pods', '"" pods'],
  ['GET', '/api/v1/nodes/foo%2Fproxy', 'get nodes/proxy (name foo)'],
  ['GET', '/api/v1/nodes/a+b', 'get nodes (name a+b)'],
  ['GET', '/api/v1/namespaces//pods/p', 'get pods (name p)'],
  ['GET', '/api/v1/pods//log', 'list pods/log'],
  ['GET', '/api/v1/watch/namespaces/a/pods/p?fieldSelector=metadata.name=q', 'watch pods in a (name p)'],
  ['GET', '/api/v1/watch/pods?fieldSelector=metadata.name=q', 'watch pods'],
  ['DELETE', '/api/v1/watch/pods', 'watch pods'],
  ['GET', '/api/v1/proxy/namespaces/a/services/s/x/y', 'proxy services in a (name s)'],
  ['GET', '/api/v1/pods/p?watch=true', 'get pods (name p)'],
  ['GET', '/api/v1/pods?watch', 'watch pods'],
  ['GET', '/api/v1/pods?watch=no', 'watch pods'],
  ['GET', '/api/v1/pods?watch=FALSE', 'list pods'],
  ['GET', '/api/v1/pods?watch=0&watch=1', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p', 'list pods (name p)'],
  ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn,metadata.name%3D%3Dp', 'list pods (name p)'],
  ['GET', '/api/v1/pods?%66ieldSelector=metadata%2Ename=p', 'list pods (name p)'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name!=p', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=q&fieldSelector=metadata.name=p', 'list pods (name q)'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=q,metadata.name=p', 'list pods (name p)'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=a%5C,b', 'list pods (name a,b)'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=a%5Cb', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=a%2Fb', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=..', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p,nonsense', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p&limit=500', 'list pods (name p)'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p&limit=abc', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p&limit=', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p&watch=1&timeoutSeconds=9223372036854775808', 'watch pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p&labelSelector=a+in+(b,c),!d', 'list pods (name p)'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p&labelSelector=a+in+b', 'list pods'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=p;limit=1', 'list pods'],
  ['GET', '/api/v1/pods?x=%zz&fieldSelector=metadata.name=p', 'list pods (name p)'],
];

describe('attributes of a request', () => {
  it.each(requests)('%s %s: %s', (method, uri, expected) => {
    expect(sent(method, uri)).toBe(expected);
  });

  it('says why when the API server could not tell', () => {
    expect(sent('GET', '/apis/g/v1/watch')).toBe('its path names no resource');
    expect(sent('GET', '/api/v1/pods/%zz')).toBe('its path holds an escape that cannot be decoded');
    expect(sent('GET', '/api/v1/pods/%ff')).toBe('its path holds an escape that cannot be decoded');
  });
});

describe('attributes of a logged request', () => {
  it('takes the verb as logged', () => {
    expect(logged('watch', '/api/v1/pods')).toBe('watch pods');
    expect(logged('deletecollection', '/api/v1/pods?fieldSelector=metadata.name=p')).toBe('deletecollection pods');
    expect(logged('', '/api/v1/namespaces/a/services/s/proxy/')).toBe('"" services/proxy in a (name s)');
    expect(logged('head', '/healthz')).toBe('head /healthz');
    expect(logged('proxy', '/api/v1/proxy/nodes/n/x')).toBe('proxy nodes (name n)');
  });

  it('takes a name from the selector of a list or watch only', () => {
    const query = '?fieldSelector=metadata.name=p';
    expect(logged('list', `/api/v1/pods${query}`)).toBe('list pods (name p)');
    expect(logged('create', `/api/v1/pods${query}`)).toBe('create pods');
    expect(logged('watch', `/api/v1/watch/pods${query}`)).toBe('watch pods');
  });

  it('gives a permission or a problem for any URI and never throws', () => {
    const segment = fc.constantFrom(
      'api',
      'apis',
      'v1',
      'namespaces',
      'watch',
      'proxy',
      'pods',
      'a%2Fb',
      '%',
      '%e0',
      '..',
      '',
    );
    const uri = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.array(segment), fc.string()).map(([parts, query]) => `/${parts.join('/')}?${query}`),
    );
    fc.assert(
      fc.property(uri, fc.constantFrom('get', 'list', 'watch', 'proxy', ''), (anyUri, verb) => {
        for (const attributes of [
          attributesOfRequest({ verb, uri: anyUri }),
          attributesOfRequest({ method: 'GET', uri: anyUri }),
        ]) {
          if (!('permission' in attributes)) continue;
          const { permission } = attributes;
          expect(isUrlPermission(permission) ? permission.path : permission.resource + permission.verb).toBeTypeOf(
            'string',
          );
          expect(Object.values(permission).every((field) => typeof field === 'string')).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with itself: the verb computed from a method gives the same attributes as the verb logged', () => {
    const path = fc
      .array(fc.constantFrom('namespaces', 'a', 'pods', 'p', 'log', 'watch', 'status', ''))
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        path,
        fc.boolean(),
        (method, rest, named) => {
          const uri = `/api/v1/${rest}${named ? '?fieldSelector=metadata.name=n' : ''}`;
          const fromMethod = attributesOfRequest({ method, uri });
          if (!('permission' in fromMethod)) return;
          expect(attributesOfRequest({ verb: fromMethod.permission.verb, uri })).toEqual(fromMethod);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
