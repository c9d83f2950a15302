import { describe, expect, it } from 'vitest';
import { isInt64, isLabelSelector } from './label-selector.ts';

// Judged by labels.Parse of apimachinery v0.34.4.
describe('label selectors', () => {
  it.each([
    '',
    ' ',
    'a',
    '!a',
    'a=b',
    'a==b',
    'a!=b',
    'a=',
    'a,b',
    'a in (b,c)',
    'a in ()',
    'a in (,)',
    'a in (b,,c)',
    'in in (in)',
    'a>1',
    'a<0',
    'x.io/y=z',
    'a=b, c notin (d) ,!e',
    'a\0b c',
  ])('accepts %j', (selector) => {
    expect(isLabelSelector(selector)).toBe(true);
  });

  it.each([
    '!',
    '!!a',
    'a,',
    ',a',
    'a b',
    '!a=b',
    'a===b',
    'a=(b)',
    'a in b',
    'a in (b',
    'a in (b c)',
    'a)',
    'a>x',
    'a>-1',
    'a>',
    'a=-',
    '-a',
    '/y',
    'x/',
    'X/y',
    'x/y/z',
    'é',
    `a=${'b'.repeat(64)}`,
    'a'.repeat(64),
  ])('refuses %j', (selector) => {
    expect(isLabelSelector(selector)).toBe(false);
  });
});

describe('integers as strconv.ParseInt takes them', () => {
  it.each([
    ['0', true],
    ['+5', true],
    ['-5', true],
    ['0007', true],
    ['9223372036854775807', true],
    ['9223372036854775808', false],
    ['-9223372036854775808', true],
    ['-9223372036854775809', false],
    ['', false],
    ['1e3', false],
    ['1_0', false],
    [' 1', false],
    [`${'0'.repeat(100_000)}x`, false],
  ])('%s', (text, accepted) => {
    expect(isInt64(text)).toBe(accepted);
  });
});
