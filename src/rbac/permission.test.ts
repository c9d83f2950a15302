import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byCodeUnit } from '../base/order.ts';
import { keyField, type Permission, permissionKey } from './permission.ts';

/** What a hostile path can put into a field, in every position. */
const field = fc.string({ unit: fc.constantFrom('\u0000', '\u0001', '\u0002', 'a'), maxLength: 4 });
const permission: fc.Arbitrary<Permission> = fc.oneof(
  fc.record({ verb: field, path: field }),
  fc.record({ verb: field, apiGroup: field, resource: field, subresource: field, namespace: field, name: field }),
);

describe('permissionKey', () => {
  it('differs for different permissions, whatever separators their fields hold', () => {
    fc.assert(
      fc.property(permission, permission, (a, b) => {
        expect(permissionKey(a) === permissionKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 2_000 },
    );
    const pods = { verb: 'get', apiGroup: '', resource: 'pods', subresource: '', namespace: 'a\u0000get', name: '' };
    expect(permissionKey(pods)).not.toBe(permissionKey({ ...pods, namespace: 'a', verb: 'get\u0000get' }));
  });

  it('sorts by group, resource, namespace, verb', () => {
    const of = (apiGroup: string, resource: string, namespace: string, verb: string): Permission => {
      return { verb, apiGroup, resource, subresource: '', namespace, name: '' };
    };
    const sorted = [
      of('', 'pods', '', 'list'),
      of('', 'pods', 'a', 'get'),
      of('', 'pods', 'a', 'list'),
      of('', 'pods', 'a\u0000', 'get'),
      of('', 'pods', 'a-b', 'get'),
      of('', 'services', 'a', 'get'),
      { verb: 'get', path: '/metrics' },
      of('apps', 'deployments', 'a', 'get'),
    ];

    expect([...sorted].reverse().sort((a, b) => byCodeUnit(permissionKey(a), permissionKey(b)))).toEqual(sorted);
  });
});

describe('keyField', () => {
  it('keeps the order of texts', () => {
    fc.assert(
      fc.property(field, field, (a, b) => {
        expect(byCodeUnit(keyField(a), keyField(b))).toBe(byCodeUnit(a, b));
      }),
    );
  });
});
