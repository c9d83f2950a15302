// What decoding leaves out of a URI must change nothing that attribution reads in it: any URI against its relevant part, and
// any name against another.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributesOfRequest } from '../../src/flow/attribute/request.ts';
import { objectInPath, relevantUri } from '../../src/flow/decode/relevant-uri.ts';

const verbs = fc.constantFrom(
  'get',
  'list',
  'watch',
  'create',
  'delete',
  'deletecollection',
  'proxy',
  'patch',
  '',
  'post',
);
const segments = fc.constantFrom(
  ...['api', 'apis', 'v1', 'g.io', 'namespaces', 'a', 'pods', 'status', 'finalize', 'watch', 'proxy', 'log', ''],
  ...['%61', '%2F', '%zz', 'é', '..', '__proto__', 'watch%2F'],
);
/** Mostly of the right beginning: others are read as a whole. */
const beginnings = fc.constantFrom(
  '/api/v1/',
  '/apis/g.io/v1/',
  '/api/v1/namespaces/n/',
  '/apis/g.io/v1/namespaces/n/',
  '/',
  '',
);
const paths = fc.tuple(beginnings, fc.array(segments, { maxLength: 7 })).map(([start, rest]) => start + rest.join('/'));
const keys = fc.constantFrom(
  ...['fieldSelector', 'labelSelector', 'limit', 'timeoutSeconds', 'resourceVersion', 'watch', 'x', '', 'constructor'],
  ...['%66ieldSelector', '%6cimit', 'timeoutSeconds%', 'limit+', 'limit;', 'continue'],
);
const values = fc.constantFrom(
  ...[
    'metadata.name%3Dx',
    'metadata.name=y',
    'spec.nodeName%3Dn',
    '1',
    '-1',
    '500',
    'x',
    '',
    'true',
    '9m',
    'a%3Db',
    'a,,',
  ],
  ...['9'.repeat(18), '9'.repeat(19), '1;2', '%zz', '1+', '%31', 'a!='],
);
const parameters = fc.tuple(keys, fc.option(values)).map(([key, value]) => (value === null ? key : `${key}=${value}`));
const queries = fc.option(fc.array(parameters, { maxLength: 5 }).map((list) => `?${list.join('&')}`));
const uris = fc.tuple(paths, queries).map(([path, query]) => path + (query ?? ''));

test('what is left out of a URI decides nothing', () => {
  fc.assert(
    fc.property(verbs, uris, (verb, uri) => {
      expect(attributesOfRequest({ verb, uri: relevantUri(uri, verb) })).toEqual(attributesOfRequest({ verb, uri }));
    }),
    { numRuns: 20_000 },
  );
});

test('what is left out beside a selector that names an object decides nothing', () => {
  const others = fc.array(parameters, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom('list', 'watch'), others, fc.nat(4), (verb, list, at) => {
      const query = list.toSpliced(at, 0, 'fieldSelector=metadata.name%3Dx').join('&');
      const uri = `/api/v1/namespaces/n/pods?${query}`;
      expect(attributesOfRequest({ verb, uri: relevantUri(uri, verb) })).toEqual(attributesOfRequest({ verb, uri }));
    }),
    { numRuns: 20_000 },
  );
});

test('what is relevant stays so', () => {
  fc.assert(
    fc.property(verbs, uris, (verb, uri) => {
      const relevant = relevantUri(uri, verb);
      expect(relevantUri(relevant, verb)).toBe(relevant);
    }),
    { numRuns: 5000 },
  );
});

test('the object in a path is one whose name says nothing else', () => {
  let found = 0;
  fc.assert(
    fc.property(verbs, paths, segments, (verb, path, name) => {
      const object = objectInPath(path);
      if (object === undefined || verb === 'proxy' || name === '' || name.includes('%')) return;
      found++;
      const renamed = path.slice(0, object.nameStart) + name + path.slice(object.nameEnd);
      const { permission } = attributesOfRequest({ verb, uri: path }) as { permission: object };
      expect(permission).toMatchObject({ name: path.slice(object.nameStart, object.nameEnd) });
      expect(attributesOfRequest({ verb, uri: renamed })).toEqual({ permission: { ...permission, name } });
    }),
    { numRuns: 20_000 },
  );
  expect(found).toBeGreaterThan(1000);
});
