import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it.each([
    ['plain text and other scripts', 'web/backend — дев 数据 é', 'web/backend — дев 数据 é'],
    ['an escape sequence', '\u001b[2J', '\\u{1b}[2J'],
    ['line breaks', 'a\r\nb\u2028c', 'a\\u{d}\\u{a}b\\u{2028}c'],
    ['an override of direction', 'a\u202eb', 'a\\u{202e}b'],
    ['a zero-width space', 'ad\u200bmin', 'ad\\u{200b}min'],
    ['a lone surrogate', 'a\ud800', 'a\\u{d800}'],
    ['a C1 control', '\u009b31m', '\\u{9b}31m'],
  ])('%s', (_name, text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});
