import { expect, test } from 'vitest';
import { safeUrlWildcards } from './harmless-urls.ts';

test.each<[string, string[], string[]]>([
  ['two siblings in a harmless tree', ['/apis/apps/v1', '/apis/apps/v1beta1'], ['/apis/apps/*']],
  ['one path alone', ['/apis/apps/v1'], []],
  ['the same path twice', ['/livez/etcd', '/livez/etcd'], []],
  ['siblings elsewhere', ['/metrics/a', '/metrics/b', '/logs/a', '/logs/b', '/debug/x', '/debug/y'], []],
  ['roots themselves', ['/api', '/apis', '/version'], []],
  ['a tree that only begins with a harmless name', ['/apisecret/a', '/apisecret/b'], []],
  ['cousins', ['/apis/a/v1', '/apis/b/v1'], []],
  ['a wider one over a narrower one', ['/apis/a', '/apis/b', '/apis/a/v1', '/apis/a/v2'], ['/apis/*']],
  ['a path that ends in a slash', ['/version/', '/version/x'], []],
])('%s', (_title, paths, expected) => {
  expect(safeUrlWildcards(paths)).toEqual(expected);
});

test('what was refused is not reached, unless it was allowed as well', () => {
  const paths = ['/apis/a', '/apis/b', '/apis/a/v1', '/apis/a/v2'];

  expect(safeUrlWildcards(paths, ['/apis/c'])).toEqual(['/apis/a/*']);
  expect(safeUrlWildcards(paths, ['/apis/a/v3'])).toEqual([]);
  expect(safeUrlWildcards(paths, ['/apis/b', '/livez/x', '/apis'])).toEqual(['/apis/*']);
});
