import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Access, Attribution } from '../types.ts';
import {
  type AccessFilter,
  compileAttributionFilter,
  compileFilters,
  type FilterRule,
  maxPatternLength,
} from './filter.ts';

function compiled(filters: readonly FilterRule[], ignoreSystemUsers = false): AccessFilter {
  return compileFilters({ ignoreSystemUsers, filters });
}

function keeps(filter: AccessFilter, username: string, namespace = ''): boolean {
  return filter(username, namespace).keep;
}

describe('filters', () => {
  it('keep everything by default', () => {
    expect(keeps(compiled([]), 'system:apiserver', 'kube-system')).toBe(true);
    expect(keeps(compiled([{ action: 'Deny' }, { action: 'Deny', userPattern: '', namespacePattern: '' }]), 'x')).toBe(
      true,
    );
  });

  it('let the first match decide', () => {
    const filter = compiled([
      { action: 'Deny', userPattern: '^system:node:.*' },
      { action: 'Allow', namespacePattern: '^production$' },
      { action: 'Deny', userPattern: '.*' },
    ]);

    expect(filter('system:node:n', 'production')).toEqual({ keep: false, rule: 'filters[0]' });
    expect(filter('alice', 'production')).toEqual({ keep: true });
    expect(filter('alice', 'staging')).toEqual({ keep: false, rule: 'filters[2]' });
    expect(filter('alice', '')).toEqual({ keep: false, rule: 'filters[2]' });
  });

  it('match when either pattern of a rule does, anywhere in the text', () => {
    const filter = compiled([{ action: 'Deny', userPattern: 'lic', namespacePattern: '^kube-' }]);

    expect(keeps(filter, 'alice', 'default')).toBe(false);
    expect(keeps(filter, 'bob', 'kube-system')).toBe(false);
    expect(keeps(filter, 'bob', 'default')).toBe(true);
  });

  it('match the cluster scope as the empty namespace', () => {
    expect(keeps(compiled([{ action: 'Deny', namespacePattern: '^$' }]), 'alice', '')).toBe(false);
    expect(keeps(compiled([{ action: 'Deny', namespacePattern: '^$' }]), 'alice', 'a')).toBe(true);
  });

  it('leave out system users that are no service accounts, even where a rule allows them', () => {
    const filter = compiled([{ action: 'Allow', userPattern: '.*' }], true);

    expect(filter('system:kube-scheduler', '')).toEqual({ keep: false, rule: 'ignoreSystemUsers' });
    expect(keeps(filter, 'system:anonymous')).toBe(false);
    expect(keeps(filter, 'system:serviceaccount:kube-system:coredns')).toBe(true);
    expect(keeps(filter, 'alice')).toBe(true);
  });

  it.each([
    [{ action: 'Deny', userPattern: '[' }, /^filters\[1\]\.userPattern is no regular expression: "\["/],
    [
      { action: 'Deny', namespacePattern: '(?=x)' },
      /^filters\[1\]\.namespacePattern is no regular expression: "\(\?=x\)"/,
    ],
    [{ action: 'Deny', userPattern: 'x{2000}' }, /^filters\[1\]\.userPattern is no regular expression/],
    [{ action: 'Deny', userPattern: '((x{100}){100}){100}' }, /^filters\[1\]\.userPattern is no regular expression/],
    [
      { action: 'Deny', userPattern: 'x'.repeat(maxPatternLength + 1) },
      /^filters\[1\]\.userPattern is 1001 characters long/,
    ],
  ] as const)('refuse a bad pattern by name: %#', (rule, message) => {
    expect(() => compiled([{ action: 'Allow', userPattern: 'fine' }, rule])).toThrow(
      expect.objectContaining({ code: 'bad-pattern', message: expect.stringMatching(message) }),
    );
  });

  it('take patterns that hang a backtracking engine', () => {
    const filter = compiled([
      { action: 'Deny', userPattern: '^(a+)+$' },
      { action: 'Deny', userPattern: '(x+x+)+y' },
    ]);
    expect(keeps(filter, `${'a'.repeat(50_000)}!`)).toBe(true);
    expect(keeps(filter, 'x'.repeat(50_000))).toBe(true);
  });

  it('remember verdicts without confusing users and namespaces', () => {
    const rules: FilterRule[] = [
      { action: 'Deny', userPattern: '^a$' },
      { action: 'Deny', namespacePattern: '^b$' },
    ];
    const shared = compiled(rules);
    const text = fc.constantFrom('', 'a', 'b', 'ab');
    fc.assert(
      fc.property(text, text, (username, namespace) => {
        expect(shared(username, namespace)).toEqual(compiled(rules)(username, namespace));
      }),
    );
  });
});

describe('a filtered attribution', () => {
  const access = (name: string, namespace: string): Access => ({
    subject: { kind: 'User', name },
    groups: [],
    permission: { verb: 'get', apiGroup: '', resource: 'pods', subresource: '', namespace, name: '' },
    verdict: 'allowed',
  });
  const attribution: Attribution = {
    subject: { kind: 'User', name: 'bob' },
    groups: ['g'],
    namespace: 'a',
    accesses: [access('boss', ''), access('bob', 'a'), access('bob', '')],
    notes: [
      { kind: 'anonymous', subject: { kind: 'User', name: 'bob' } },
      { kind: 'system-masters', subject: { kind: 'User', name: 'boss' } },
    ],
    grantedBy: undefined,
  };
  const filtered = (...filters: FilterRule[]) =>
    compileAttributionFilter({ ignoreSystemUsers: false, filters })(attribution);

  it('is the same where everything is kept', () => {
    expect(filtered().attribution).toBe(attribution);
  });

  it('loses the accesses of other namespaces', () => {
    expect(
      filtered({ action: 'Allow', namespacePattern: '^a$' }, { action: 'Deny', userPattern: '^bob$' }).attribution,
    ).toEqual({
      ...attribution,
      accesses: [access('boss', ''), access('bob', 'a')],
    });
  });

  it('keeps what an impersonator did, without the one it impersonated', () => {
    expect(filtered({ action: 'Deny', userPattern: '^bob$' }).attribution).toEqual({
      subject: undefined,
      groups: [],
      namespace: 'a',
      accesses: [access('boss', '')],
      notes: [{ kind: 'system-masters', subject: { kind: 'User', name: 'boss' } }],
      grantedBy: undefined,
    });
  });

  it('is gone, by the rule that took the request, where nothing is kept', () => {
    expect(filtered({ action: 'Deny', userPattern: '^bo' })).toEqual({ attribution: undefined, rule: 'filters[0]' });
  });
});
