import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { stringifyYaml, stringifyYamlStream } from './write-yaml.ts';
import { parseYaml } from './yaml.ts';

/** What readers of both versions make of a text. */
function readBack(text: string): unknown[] {
  return (['1.1', '1.2'] as const).map((version) => {
    const document = parseDocument(text, { version });
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });
}

// What YAML 1.1 (and with it kubectl) or YAML 1.2 take for no string where it stands bare.
const oddWords = [
  'yes',
  'no',
  'on',
  'off',
  'y',
  'n',
  'Y',
  'N',
  'YES',
  'Off',
  'true',
  'False',
  'null',
  'Null',
  '~',
  '',
  ' ',
  '1e3',
  '1E3',
  '0x1F',
  '0o17',
  '017',
  '0b11',
  '1_000',
  '-_1',
  '+1',
  '-0',
  '.5',
  '5.',
  '.inf',
  '-.INF',
  '.nan',
  '12:30:45',
  '1:20',
  '2001-01-01',
  '2001-12-14t21:59:43.10-05:00',
  '=',
  '<<',
  '*',
  '*a',
  '&a',
  '!a',
  '!!str',
  '|',
  '>',
  '-',
  '- a',
  '?',
  '? a',
  ':',
  'a:',
  'a: b',
  ': a',
  '#',
  '#a',
  'a #b',
  'a#b',
  '%a',
  '@a',
  '`a`',
  '"a"',
  "'a'",
  '[a]',
  '{a}',
  'a, b',
  ',',
  ' a',
  'a ',
  '\ta',
  'a\t',
  '---',
  '...',
  '--- a',
  '__proto__',
  'constructor',
  'a\nb',
  'a\nb\n',
  '\na',
  'a\n\n',
  'a \nb\n',
  '  a\nb\n',
  'a\r\nb',
  'a\n---\nb\n',
  '# a\nb\n',
  'a\u0000b',
  'a\u0007',
  'a\u007fb',
  'a\u0085b',
  'a\u2028b',
  '\ufeffa',
  'é',
  '日本',
  '💥',
  'system:serviceaccount:a:b',
  'https:s:443',
  `x${'y'.repeat(300)} ${'z'.repeat(300)}`,
];

describe('stringifyYaml', () => {
  it.each(oddWords)('keeps %j a string, as value, item and key', (word) => {
    const value = { value: word, list: [word], [word]: 'key', deep: [{ a: [word] }] };

    for (const read of readBack(stringifyYaml(value))) expect(read).toEqual(value);
  });

  it('keeps any string', () => {
    const part = fc.constantFrom(...oddWords, 'a', '\n', ' ', ':', '-', '"', '\\');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (entries) => {
        const value = { items: entries.map(([name, other]) => ({ name, [other.slice(0, 150)]: name })) };

        for (const read of readBack(stringifyYaml(value))) expect(read).toEqual(value);
        expect(parseYaml(stringifyYaml(value))[0]?.value).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['\u0000', '\t', '\r', '\u007f', '\u0085', '\u009f', '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff'])(
    'escapes %j, which a reader may refuse or take for a line break',
    (character) => {
      const text = stringifyYaml({ word: `a${character}b`, lines: `a${character}\nb\n`, [`k${character}`]: 1 });

      expect(text).not.toContain(character);
      expect(readBack(text)[0]).toEqual({ word: `a${character}b`, lines: `a${character}\nb\n`, [`k${character}`]: 1 });
    },
  );

  it('shows blanks at the end of a line', () => {
    expect(stringifyYaml({ a: 'b \nc\n' })).toBe('a: "b \\nc\\n"\n');
  });

  it('writes a manifest as kubectl does', () => {
    const role = {
      kind: 'Role',
      metadata: { name: 'r', labels: { 'app.kubernetes.io/name': 'x' } },
      rules: [{ apiGroups: [''], resources: ['pods', 'pods/exec'], verbs: ['*'] }],
      absent: undefined,
      none: [],
    };

    expect(stringifyYaml(role)).toBe(`kind: Role
metadata:
  name: r
  labels:
    app.kubernetes.io/name: x
rules:
- apiGroups:
  - ""
  resources:
  - pods
  - pods/exec
  verbs:
  - "*"
none: []
`);
  });

  it('writes a text of several lines as a block, never folded', () => {
    const manifests = [`kind: Role\nrules:\n- verbs: ["${'x'.repeat(200)} y"]\n`];

    expect(stringifyYaml({ manifests })).toBe(
      `manifests:\n- |\n  kind: Role\n  rules:\n  - verbs: ["${'x'.repeat(200)} y"]\n`,
    );
  });

  it('repeats what occurs twice instead of pointing to it', () => {
    const shared = { a: ['x'] };

    expect(stringifyYaml({ one: shared, two: shared })).toBe('one:\n  a:\n  - x\ntwo:\n  a:\n  - x\n');
  });
});

describe('stringifyYamlStream', () => {
  it('is read back as as many documents', () => {
    const values = [{ a: 'b\n---\nc\n' }, { b: ['---'] }, { c: {} }];

    expect(parseYaml(stringifyYamlStream(values)).map((document) => document.value)).toEqual(values);
  });
});

describe('parseYaml', () => {
  it('gives documents their place and values their lines', () => {
    const documents = parseYaml('# c\na: 1\n---\n---\nb:\n  c:\n  - d: 1\n  - e: 2\n');

    expect(documents.map(({ index, line, value }) => ({ index, line, value }))).toEqual([
      { index: 1, line: 2, value: { a: 1 } },
      { index: 3, line: 5, value: { b: { c: [{ d: 1 }, { e: 2 }] } } },
    ]);
    const [, second] = documents;
    expect([['b', 'c', 1, 'e'], ['b', 'c', 7], ['x']].map((path) => second?.lineOf(path))).toEqual([8, 7, 5]);
  });

  it('reads JSON, CRLF, a byte order mark and merge keys', () => {
    expect(parseYaml('\ufeff{"a": [1,\r\n"b"]}')[0]?.value).toEqual({ a: [1, 'b'] });
    expect(parseYaml('a: &x {b: 1}\r\nc:\r\n  <<: *x\r\n  d: 2\r\n')[0]?.value).toEqual({
      a: { b: 1 },
      c: { b: 1, d: 2 },
    });
  });

  it.each([
    ['an unfinished list', 'a: 1\nb: [1\n', 3],
    ['a key twice', 'a: 1\na: 2\n', 2],
    ['an alias without anchor', 'a: *secret\n', 1],
    ['a tab for a blank', 'a:\n\tb: 1\n', 2],
    ['a text that never ends', 'a: "secret', 1],
  ])('reports %s, with its line and nothing of the text', (_, text, line) => {
    const [document] = parseYaml(text);

    expect(document?.value).toBeUndefined();
    expect(document?.error?.line).toBe(line);
    expect(document?.error?.message).not.toContain('secret');
  });

  it('is not blown up by aliases', () => {
    const lines = ['a0: &a0 [x]'];
    for (let level = 1; level < 12; level += 1) lines.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(10)}]`);

    expect(parseYaml(lines.join('\n'))[0]?.error?.message).toContain('too many aliases');
  });

  it('is not brought down by nesting', () => {
    expect(parseYaml('['.repeat(200_000))[0]?.error?.message).toContain('nested too deeply');
    expect(parseYaml('- '.repeat(200_000))[0]?.error?.message).toContain('nested too deeply');
  });

  it('keeps its time with many keys, anchors and aliases', () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}: v\n`).join('');
    const aliases = Array.from({ length: 50_000 }, (_, index) => `- &a${index} x\n- *a${index}\n`).join('');

    expect(parseYaml(keys)[0]?.error).toBeUndefined();
    expect(parseYaml(aliases)[0]?.error?.message).toContain('too many aliases');
  });

  it('reads JSON as JSON, and still knows its lines', () => {
    const [document] = parseYaml('{\n "a": {\n  "b": ["\\u0041", 2]\n }\n}\n');

    expect(document?.value).toEqual({ a: { b: ['A', 2] } });
    expect(document?.lineOf(['a', 'b', 1])).toBe(3);
    expect(parseYaml(`${'[{"a":'.repeat(1_000)}1${'}]'.repeat(1_000)}`)[0]?.error?.message).toContain(
      'nested too deeply',
    );
  });

  it('keeps __proto__ a key', () => {
    const value = parseYaml('__proto__: {polluted: true}\n')[0]?.value as object;

    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect('polluted' in value).toBe(false);
  });
});
