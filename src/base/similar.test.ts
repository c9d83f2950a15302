import { describe, expect, it } from 'vitest';
import { isSimilar, nearest } from './similar.ts';

describe('nearest', () => {
  it.each([
    ['scopemode', ['scopeMode', 'verbMerge'], ['scopeMode']],
    ['imp', ['impersonator', 'bob'], ['impersonator']],
    ['alcie', ['alice', 'bob'], ['alice']],
    ['zzz', ['alice', 'bob'], []],
    ['ab', ['aa', 'ac', 'ad', 'ae'], ['aa', 'ac', 'ad']],
  ])('%s among %j', (wanted, names, found) => {
    expect(nearest(wanted, names)).toEqual(found);
  });

  it('is not slowed down by names of a megabyte', () => {
    expect(nearest('a'.repeat(1_000_000), ['b'.repeat(1_000_000)])).toEqual([]);
  });
});

describe('isSimilar', () => {
  it('passes over case and hyphens', () => {
    expect(isSimilar('NamespaceStrict', 'namespace-strict')).toBe(true);
    expect(isSimilar('NamespaceStrict', 'namespace_strict')).toBe(false);
  });
});
