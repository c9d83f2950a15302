// Tables, numbers, the progress line and the wrapping of help.
import { describe, expect, it } from 'vitest';
import { wrap } from './help-text.ts';
import { createProgressBar, progressLine } from './progress.ts';
import { formatBytes, formatCount, plural } from './quantities.ts';
import { tableLines } from './table.ts';
import { presentationOf, type Terminal } from './terminal.ts';

describe('tableLines', () => {
  it('aligns, and keeps a cell on its line', () => {
    const lines = tableLines(
      [{ header: 'NAME' }, { header: 'COUNT', align: 'right' }],
      [
        ['a\nb', '1'],
        ['c', '1,000'],
      ],
    );

    expect(lines).toEqual(['NAME      COUNT', 'a\\u{a}b       1', 'c         1,000']);
  });
});

describe('quantities', () => {
  it.each([
    [formatCount(0), '0'],
    [formatCount(1234567), '1,234,567'],
    [plural(1, 'entry', 'entries'), '1 entry'],
    [plural(1000, 'entry', 'entries'), '1,000 entries'],
    [formatBytes(999), '999 B'],
    [formatBytes(1000), '1.0 kB'],
    [formatBytes(999_600), '1.0 MB'],
    [formatBytes(1_400_000_000), '1.4 GB'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('progress', () => {
  it('says how much of what is done, how fast, and how long it takes', () => {
    const line = progressLine({ bytes: 250_000_000, totalBytes: 1_000_000_000, events: 100_000 }, 2_000);

    expect(line).toBe('[######..................] 250 MB of 1.0 GB, 50,000 events/s, 6s left');
  });

  it('says less where the end is not known', () => {
    expect(progressLine({ bytes: 5_000, totalBytes: undefined, events: 10 }, 1_000)).toBe('5.0 kB read, 10 events/s');
  });

  it('is drawn seldom, wiped at the end, and only where a person is looking', () => {
    const draw = (live: boolean) => {
      let written = '';
      let time = 0;
      const terminal = { live, err: (text: string) => (written += text) } as unknown as Terminal;
      const bar = createProgressBar(terminal, true, () => time);
      for (time = 0; time < 1_000; time += 10) bar.update({ bytes: time, totalBytes: 1_000, events: 0 });
      bar.clear();
      return written;
    };

    expect(draw(true).split('\r')).toHaveLength(11);
    expect(draw(true)).toMatch(/\r\u001b\[2K$/);
    expect(draw(false)).toBe('');
  });
});

describe('presentationOf reads what is needed before flags are parsed', () => {
  it.each([
    [['usage', 'x', '--output', 'json'], { json: true, verbose: false, color: 'auto' }],
    [['usage', '-o=json', '--verbose'], { json: true, verbose: true, color: 'auto' }],
    [['usage', '--color=never', '--', '--output', 'json'], { json: false, verbose: false, color: 'never' }],
    [['usage', '--output'], { json: false, verbose: false, color: 'auto' }],
  ])('%j', (argv, presentation) => {
    expect(presentationOf(argv)).toEqual(presentation);
  });
});

describe('wrap', () => {
  it('breaks between words only', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('incomprehensible', 5)).toEqual(['incomprehensible']);
  });
});
