import { describe, expect, it } from 'vitest';
import { identityOf } from './identity.ts';

describe('identityOf adds the groups that impersonation adds', () => {
  it.each([
    ['alice', [], ['system:authenticated']],
    ['alice', ['devs'], ['devs', 'system:authenticated']],
    ['system:anonymous', [], ['system:unauthenticated']],
    [
      'system:serviceaccount:web:api',
      [],
      ['system:serviceaccounts', 'system:serviceaccounts:web', 'system:authenticated'],
    ],
    ['system:serviceaccount:web:api', ['devs'], ['devs', 'system:authenticated']],
  ])('%s %j', (name, groups, all) => {
    expect(identityOf(name, groups)).toEqual({ name, groups: all });
  });
});
