import { describe, expect, test } from 'vitest';
import { readEvent } from './event.ts';
import { parseMicros } from './parse-micros.ts';
import { relevantUri } from './relevant-uri.ts';

function read(fields: object) {
  const reading = readEvent(
    { kind: 'Event', apiVersion: 'audit.k8s.io/v1', verb: 'get', user: {}, ...fields },
    false,
    0,
  );
  if (reading.as !== 'event') throw new Error(reading.as);
  return reading.decoded;
}

const tenOClock = Date.UTC(2026, 10, 20, 10) * 1000;

describe('timestamps', () => {
  test.each([
    ['2026-11-20T10:00:00.123456Z', tenOClock + 123_456],
    ['2026-11-20T10:00:00Z', tenOClock],
    ['2026-11-20 10:00:00.38', tenOClock + 380_000],
    ['2026-11-20T10:00:00.123456789Z', tenOClock + 123_456],
    ['2026-11-20T12:30:00+02:30', tenOClock],
    ['2026-11-20T05:00:00-0500', tenOClock],
    ['2026-11-20 10:00:00 UTC', tenOClock],
    [tenOClock / 1e6, tenOClock],
    [tenOClock / 1e3, tenOClock],
    [tenOClock, tenOClock],
    [`${tenOClock / 1e3}`, tenOClock],
    ['2026-02-29T10:00:00Z', 0],
    ['2026-11-20', 0],
    ['yesterday', 0],
    ['', 0],
    [null, 0],
    [-1, 0],
    [Number.NaN, 0],
    ['1'.repeat(100_000), 0],
  ])('%j', (value, expected) => {
    expect(parseMicros(value)).toBe(expected);
  });

  test('the first that can be read is taken, in the order of nearness to the request', () => {
    const [a, b, c] = ['2026-11-20T10:00:00Z', '2026-11-20T10:00:01Z', '2026-11-20T10:00:02Z'];
    expect(read({ requestReceivedTimestamp: a, stageTimestamp: b, timestamp: c }).receivedMicros).toBe(tenOClock);
    expect(read({ requestReceivedTimestamp: 'x', stageTimestamp: b, timestamp: c }).receivedMicros).toBe(
      tenOClock + 1e6,
    );
    expect(read({ timestamp: c }).receivedMicros).toBe(tenOClock + 2e6);
    expect(read({ metadata: { creationTimestamp: c } }).receivedMicros).toBe(tenOClock + 2e6);
    expect(read({}).receivedMicros).toBe(0);
  });
});

describe('the part of a URI that decides something', () => {
  test.each([
    ['/api/v1/pods?limit=500&watch=1', 'list', '/api/v1/pods'],
    ['/api/v1/pods?limit=1&fieldSelector=metadata.name%3Dx', 'list', '/api/v1/pods?fieldSelector=metadata.name%3Dx'],
    [
      '/api/v1/pods?allowWatchBookmarks=true&fieldSelector=a&resourceVersion=7&timeout=9m3s&timeoutSeconds=543&watch=true',
      'watch',
      '/api/v1/pods?fieldSelector=a',
    ],
    ['/api/v1/pods?labelSelector=a%3Db&fieldSelector=a&&x', 'list', '/api/v1/pods?labelSelector=a%3Db&fieldSelector=a'],
    // What the server cannot decode makes it forget the selector.
    ['/api/v1/pods?limit=x&fieldSelector=a', 'list', '/api/v1/pods?limit=x&fieldSelector=a'],
    ['/api/v1/pods?limit&fieldSelector=a', 'list', '/api/v1/pods?limit&fieldSelector=a'],
    [
      '/api/v1/pods?limit=1&fieldSelector=a&limit=x&timeoutSeconds=2',
      'list',
      '/api/v1/pods?limit=1&fieldSelector=a&limit=x',
    ],
    ['/api/v1/pods?limit=1&%6cimit=x&fieldSelector=a&x=1', 'list', '/api/v1/pods?limit=1&%6cimit=x&fieldSelector=a'],
    ['/api/v1/namespaces/a/services/s/proxy/b/c?d', 'get', '/api/v1/namespaces/a/services/s/proxy'],
    ['/api/v1/namespaces/a/services/s/proxy//c/', 'get', '/api/v1/namespaces/a/services/s/proxy'],
    ['/api/v1/namespaces/a/services/s/proxy/b', 'proxy', '/api/v1/namespaces/a/services/s/proxy/b'],
    ['/api/v1/namespaces/a/services/s/proxy/b%2F', 'get', '/api/v1/namespaces/a/services/s/proxy/b%2F'],
    ['/api/v1/namespaces/a/status/b/c', 'get', '/api/v1/namespaces/a/status/b/c'],
    ['/api/v1/watch/pods/a/b/c', 'watch', '/api/v1/watch/pods/a/b/c'],
    ['/apis/g/v/things/a/b/c/d', 'get', '/apis/g/v/things/a/b'],
    ['/apis/g/v/things//b/c/d', 'get', '/apis/g/v/things//b/c/d'],
    ['/logs/a/b/c/d/e/f', 'get', '/logs/a/b/c/d/e/f'],
    ['/api/v1/pods?field%53elector=a', 'watch', '/api/v1/pods?field%53elector=a'],
    ['/api/v1/pods?fieldSelector=a', 'get', '/api/v1/pods'],
    ['/api/v1/pods?x=fieldSelector', 'list', '/api/v1/pods'],
    ['/api/v1/pods?fieldSelector%=a', 'list', '/api/v1/pods'],
    [
      '/a?ignoreStoreReadErrorWithClusterBreakingPotential=true',
      'delete',
      '/a?ignoreStoreReadErrorWithClusterBreakingPotential=true',
    ],
    ['/a%3Fb', 'list', '/a%3Fb'],
    ['', 'list', ''],
  ])('%s for %s', (uri, verb, expected) => {
    expect(relevantUri(uri, verb)).toBe(expected);
  });
});

describe('fields', () => {
  test('names that objects have by nature are names like any other', () => {
    const { event } = read(
      JSON.parse('{"impersonatedUser":{"username":"bob","extra":{"__proto__":["v"],"constructor":["w"]}}}'),
    );
    expect(Object.entries(event.impersonatedUser?.extra ?? {})).toEqual([
      ['__proto__', ['v']],
      ['constructor', ['w']],
    ]);
    expect(read({ responseStatus: {} }).event.code).toBe(0);
  });

  test("the requestor's extra is dropped, the impersonated user's kept", () => {
    const user = { username: 'a', extra: { k: ['v'] } };
    const { event } = read({ user, impersonatedUser: user });
    expect(event.user.extra).toEqual({});
    expect({ ...event.impersonatedUser?.extra }).toEqual({ k: ['v'] });
  });

  test('objectRef is kept only where there is no URI', () => {
    const objectRef = { resource: 'pods', apiVersion: 'v1' };
    expect(read({ objectRef, requestURI: '/x' }).event.objectRef).toBeUndefined();
    expect(read({ objectRef }).event.objectRef).toMatchObject({ resource: 'pods', apiGroup: '', apiVersion: 'v1' });
    expect(read({ objectRef: { resource: 'd', apiVersion: 'apps/v1beta1' } }).event.objectRef).toMatchObject({
      apiGroup: 'apps',
      apiVersion: 'v1beta1',
    });
  });

  test('bodies are kept where attribution reads them, and markers in their place are not', () => {
    const rbac = { verb: 'create', requestURI: '/apis/rbac.authorization.k8s.io/v1/clusterroles' };
    expect(read({ ...rbac, requestObject: { rules: [] }, responseObject: [] }).event).toMatchObject({
      requestObject: { rules: [] },
      responseObject: [],
    });
    expect(read({ ...rbac, requestObject: 'skipped-too-big-size-object' }).event.requestObject).toBeUndefined();
    expect(read({ ...rbac, verb: 'get', requestObject: {} }).event.requestObject).toBeUndefined();
    expect(
      read({ verb: 'create', requestURI: '/api/v1/namespaces/a/pods', requestObject: {} }).event.requestObject,
    ).toBeUndefined();
    const byReference = {
      verb: 'update',
      objectRef: { resource: 'roles', apiGroup: 'rbac.authorization.k8s.io' },
      requestObject: {},
    };
    expect(read(byReference).event.requestObject).toEqual({});
    const unsafe = { ignoreStoreReadErrorWithClusterBreakingPotential: true };
    expect(
      read({ verb: 'delete', requestURI: '/api/v1/namespaces/a/pods/p', requestObject: unsafe }).event.requestObject,
    ).toEqual(unsafe);
  });

  test('the message is kept only of a 403 that was allowed', () => {
    const denied = { responseStatus: { code: 403, message: 'no' } };
    const allow = { annotations: { 'authorization.k8s.io/decision': 'allow' } };
    expect(read({ ...denied, ...allow }).event.message).toBe('no');
    expect(read(denied).event.message).toBe('');
    expect(read({ ...allow, responseStatus: { code: 404, message: 'no' } }).event.message).toBe('');
  });
});
