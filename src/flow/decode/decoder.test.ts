import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AuditEvent, BadRecord, DecodeCounts, Tally } from '../types.ts';
import { LogDecoder } from './decoder.ts';

interface Decoded {
  readonly events: AuditEvent[];
  readonly tallies: Tally[];
  readonly bad: BadRecord[];
  readonly counts: DecodeCounts;
}

function decode(input: string | Uint8Array, pieceSize = 1 << 20): Decoded {
  const bytes = Buffer.from(input as string);
  const events: AuditEvent[] = [];
  const tallies: Tally[] = [];
  const bad: BadRecord[] = [];
  const decoder = new LogDecoder({
    sink: {
      event: (event, tally) => {
        events.push(event);
        tallies.push(tally);
      },
      bad: (record) => bad.push(record),
    },
  });
  decoder.begin({ path: 'audit.log', offset: 0 });
  for (let at = 0; at < bytes.length; ) {
    const room = decoder.room();
    const size = Math.min(pieceSize, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + size));
    decoder.filled(size);
    at += size;
  }
  return { events, tallies, bad, counts: decoder.finish() };
}

/** An event whose name is its verb, to tell them apart. */
function line(verb: string, fields: object = {}): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: `id-${verb}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/pods',
    verb,
    user: { username: 'alice', groups: ['devs'] },
    ...fields,
  });
}

function verbs(decoded: Decoded): string[] {
  return decoded.events.map((event) => event.verb);
}

/** Kind, line and offset of every bad record. */
function badPlaces(decoded: Decoded): string[] {
  return decoded.bad.map((record) => `${record.kind} ${record.line}:${record.offset}`);
}

test('records may be lines, elements, pretty-printed or run together', () => {
  const pretty = JSON.stringify(JSON.parse(line('c')), undefined, 2);
  const input = [
    `\ufeff${line('a')}\r`,
    '',
    `${line('b')}${line('b2')}`,
    pretty,
    '[',
    `${line('d')},`,
    `  ${line('e')}`,
    ']',
    `[${line('f')}, ${line('g')}]`,
    line('h'),
  ].join('\n');

  const decoded = decode(input);

  expect(verbs(decoded)).toEqual(['a', 'b', 'b2', 'c', 'd', 'e', 'f', 'g', 'h']);
  expect(decoded.bad).toEqual([]);
  expect(decoded.counts).toMatchObject({ bytes: Buffer.byteLength(input), lines: input.split('\n').length, events: 9 });
});

test('pieces of any size give the same', () => {
  const pretty = JSON.stringify(JSON.parse(line('c')), undefined, 2);
  const input = `\ufeff${line('a')}\n${pretty}\nI1023 klog\n[${line('b')},\n${line('d')}]\n{"cut":"\n${line('e')}\r\n${line('f').slice(0, 90)}`;
  const whole = decode(input);
  expect(verbs(whole)).toEqual(['a', 'c', 'b', 'd', 'e']);
  for (let size = 1; size < 100; size++) expect(decode(input, size)).toEqual(whole);
});

test('a line that was cut does not take the next one with it, wherever it was cut', () => {
  const first = line('a', { requestObject: { list: [1, { x: [true, null] }], text: '{"verb":' } });
  for (let length = 1; length < first.length; length++) {
    const decoded = decode(`${first.slice(0, length)}\n${line('b')}\n${line('c')}`);
    expect(verbs(decoded), `cut at ${length}`).toEqual(['b', 'c']);
    expect(badPlaces(decoded), `cut at ${length}`).toEqual(['truncated 1:0']);
  }
});

test('an unfinished last line is named as such', () => {
  const decoded = decode(`${line('a')}\n${line('b').slice(0, 40)}`);
  expect(verbs(decoded)).toEqual(['a']);
  expect(decoded.bad).toEqual([
    {
      kind: 'truncated',
      path: 'audit.log',
      line: 2,
      offset: line('a').length + 1,
      reason: 'the last line is unfinished',
    },
  ]);
  expect(decode(line('a')).bad).toEqual([]);
});

test('a broken line is reported with its place, and the next is read', () => {
  const broken = line('b').replace('"verb"', '"verb');
  const decoded = decode(`${line('a')}\n${broken}\n${line('c')}\n`);
  expect(verbs(decoded)).toEqual(['a', 'c']);
  expect(badPlaces(decoded)).toEqual([`syntax 2:${line('a').length + 1}`]);
});

test('lines of other logs are counted, not reported', () => {
  const decoded = decode(`I1023 23:50:38.116061 1 options.go:221] start\n[main] hello\n${line('a')}\n{"msg":"x"}\n`);
  expect(verbs(decoded)).toEqual(['a']);
  expect(decoded.counts).toMatchObject({ foreignLines: 3, badRecords: 0 });
});

test('a list larger than what is kept of a record comes through in parts', () => {
  const padding = 'x'.repeat(1000);
  const items = Array.from({ length: 12_000 }, (_, index) => line(`v${index}`, { padding }));
  const envelope = '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[';
  for (const separator of [',', ',\n']) {
    const decoded = decode(`${envelope}${items.join(separator)}],"more":1}\n${line('last')}`);
    expect(decoded.bad).toEqual([]);
    expect(decoded.events.length).toBe(12_001);
    expect(verbs(decoded).slice(-2)).toEqual(['v11999', 'last']);
  }
});

test('of a list that was cut, the records that are whole are kept, and the place of the one that is not is told', () => {
  const envelope = '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[';
  for (const [count, padding] of [
    [3, ''],
    [12_000, 'x'.repeat(1000)],
  ] as const) {
    const items = Array.from({ length: count }, (_, index) => line(`v${index}`, { padding }));
    const whole = `${envelope}${items.slice(0, -1).join(',\n')},`;
    const decoded = decode(`${whole}${items.at(-1)?.slice(0, -1)}\n${line('next')}`);
    expect(decoded.events.length).toBe(count);
    expect(verbs(decoded).slice(-2)).toEqual([`v${count - 2}`, 'next']);
    expect(badPlaces(decoded)).toEqual([`truncated ${count - 1}:${whole.length}`]);
  }
  expect(verbs(decode(`${envelope}${line('a')},${line('b')},{"x":"`))).toEqual(['a', 'b']);
});

test('a record beyond the bound is reported and passed over', () => {
  const input = Buffer.concat([
    Buffer.from(`{"kind":"Event","verb":"`),
    Buffer.alloc(65 * 1024 * 1024, 'x'),
    Buffer.from(`"}\n${line('a')}\n`),
  ]);
  const decoded = decode(input);
  expect(verbs(decoded)).toEqual(['a']);
  expect(badPlaces(decoded)).toEqual(['too-long 1:0']);
});

test('objects that never end cost a bounded look-ahead', () => {
  const count = 200_000;
  const decoded = decode(`${'{"a":[\n'.repeat(count)}${line('b')}\n`);
  expect(verbs(decoded)).toEqual(['b']);
  expect(decoded.bad.length).toBe(count);
});

test('a line of byte order marks is read once', () => {
  const decoded = decode(`${'\ufeff'.repeat(500_000)}\n\ufeff${line('b')}\n${',\ufeff'.repeat(500_000)}`);
  expect(verbs(decoded)).toEqual(['b']);
  expect(decoded.counts.foreignLines).toBe(2);
});

test('a request counts once over its stages, its copies and a second copy of the file', () => {
  const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'].map((stage) =>
    line('watch', { stage, requestReceivedTimestamp: '2026-11-20T10:00:00.000001Z' }),
  );
  const later = line('watch', { requestReceivedTimestamp: '2026-11-20T10:00:09.000001Z' });
  const decoded = decode([...stages, ...stages, later].join('\n'));
  expect(decoded.tallies.map((tally) => tally.count)).toEqual([0, 1, 0, 0, 0, 0, 1]);
  expect(decoded.counts).toMatchObject({ events: 7, duplicates: 3 });
});

test.each([
  ['aks-sysdig-eventhub-batch.json', 22, 0],
  ['aks-sysdig-eventhub-record.json', 1, 0],
  ['aks-sysdig-requestresponse-event.json', 1, 0],
  ['apiserver-v1.37.1.jsonl', 331, 0],
  ['audit2rbac-demo.log', 37, 0],
  ['falco-fal_01_003.malformed.json', 0, 1],
  ['falco-k8s_audit-traces.jsonl', 51, 0],
  ['gke-octarine-audit_log.json', 134, 0],
  ['gke-panther-tests.jsonl', 46, 5],
  ['immudb-k8s.log', 2971, 0],
  ['kubesplaining-eks.json', 6, 0],
  ['kubesplaining-leastprivilege-demo.log', 28, 0],
  ['panther-eks-tests.jsonl', 14, 6],
  ['panther-kubernetes-tests.jsonl', 195, 7],
  ['rbac-tool-auditgen-01.json', 3, 0],
])('%s: %i events, %i bad', (file, events, bad) => {
  const decoded = decode(readFileSync(new URL(`../../../test/corpus/${file}`, import.meta.url)));
  expect(decoded.events.length).toBe(events);
  expect(decoded.bad.length).toBe(bad);
  expect(decoded.bad.every((record) => record.kind === 'not-an-event')).toBe(true);
});
