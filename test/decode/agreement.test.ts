// Fast, exact and reference decoder on the same bytes: all corpora, and everything that a log can do to a decoder.
import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { decodeLog, differences, LogReader } from './decode-log.ts';
import { ReferenceDecoder } from './reference.ts';

const corpus = new URL('../corpus/', import.meta.url);

function readCorpus(name: string): Buffer {
  return readFileSync(new URL(name, corpus));
}

// One of each for all inputs of a test: making a scanner takes longer than most inputs.
let exactReader: LogReader;
let fastReader: LogReader;
let referenceDecoder: ReferenceDecoder;
beforeEach(() => {
  exactReader = new LogReader('exact');
  fastReader = new LogReader('fast');
  referenceDecoder = new ReferenceDecoder();
});

/** All three agree, and the first two in every count and place as well. Returns how many events there were. */
function expectAgreement(input: string | Uint8Array, pieceSize?: number): number {
  const bytes = Buffer.from(input as string);
  const exact = exactReader.decode(bytes, pieceSize);
  const fast = fastReader.decode(bytes, pieceSize);
  const reference = referenceDecoder.decode(bytes);
  expect(differences(fast, exact)).toEqual([]);
  expect(fast.badRecords).toEqual(exact.badRecords);
  expect(fast.counts).toEqual(exact.counts);
  expect(fast.minutes).toEqual(exact.minutes);
  expect(differences(exact, reference)).toEqual([]);
  return exact.counts.events;
}

/** Fast and exact only: for formats that the reference does not know. */
function expectSameOfFastAndExact(bytes: Uint8Array): void {
  const [exact, fast] = [decodeLog(bytes, 'exact'), decodeLog(bytes, 'fast')];
  expect(differences(fast, exact)).toEqual([]);
  expect(fast.badRecords).toEqual(exact.badRecords);
  expect(fast.counts).toEqual(exact.counts);
}

const serverEvent = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  auditID: '0b1c2d3e-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/web/pods/p?fieldManager=kubectl&force=true',
  verb: 'patch',
  user: { username: 'system:serviceaccount:web:deployer', uid: 'u1', groups: ['system:serviceaccounts', 'a'] },
  impersonatedUser: { username: 'bob', groups: ['g'], extra: { 'scopes/x': ['v1', 'v2'] } },
  sourceIPs: ['10.0.0.1'],
  userAgent: 'kubectl/v1.34.0',
  objectRef: { resource: 'pods', namespace: 'web', name: 'p', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 403, message: 'denied by "x"' },
  requestObject: { metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r' }] } },
  requestReceivedTimestamp: '2026-11-20T10:00:00.000001Z',
  stageTimestamp: '2026-11-20T10:00:00.100001Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: "x"' },
};

/** As the API server writes it, with these fields changed. */
function line(changes: object = {}): string {
  return goJson({ ...serverEvent, ...changes });
}

/** Go's encoder escapes these three. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[&<>]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

const neighbour = line({ verb: 'get', auditID: 'neighbour' });

/** The record between two good lines, so that what it does to them shows as well. */
function between(record: string): string {
  return `${neighbour}\n${record}\n${line({ verb: 'list', auditID: 'other neighbour' })}\n`;
}

test('there is something to agree on, and the scanner has its part in it', () => {
  const log = decodeLog(readCorpus('immudb-k8s.log'), 'fast');
  expect(log.counts.events).toBe(2971);
  expect(log.scanned).toBe(2971);
  const decoded = decodeLog(Buffer.from(between(line())), 'fast');
  expect(decoded.counts).toMatchObject({ events: 3, badRecords: 0, duplicates: 0, lines: 3 });
  expect([...decoded.tallies.keys()].filter((key) => key.includes('"bob"')).length).toBe(3);
});

describe('corpora', () => {
  const otherFormats = /^(gke-|rbac-vectors|panther-kubernetes)/;
  const files = readdirSync(corpus).filter((name) => name !== 'README.md');

  test.each(files.filter((name) => !otherFormats.test(name)))('%s', (name) => {
    expectAgreement(readCorpus(name));
  });

  test.each(files.filter((name) => otherFormats.test(name)))('%s, fast and exact', (name) => {
    expectSameOfFastAndExact(readCorpus(name));
  });

  test('all in one file, with other lines between them', () => {
    const all = files.flatMap((name) => [readCorpus(name), Buffer.from('\nI1023 23:50:38.1 1 x.go:2] klog\n')]);
    expectSameOfFastAndExact(Buffer.concat(all));
    expect(decodeLog(Buffer.concat(all), 'fast').counts.events).toBeGreaterThan(3800);
  });
});

describe('one record in every shape', () => {
  test('keys in any order', () => {
    const entries = Object.entries(serverEvent);
    for (let turn = 0; turn < entries.length; turn++) {
      const turned = [...entries.slice(turn), ...entries.slice(0, turn)];
      expect(expectAgreement(between(goJson(Object.fromEntries(turned))))).toBe(3);
      expect(expectAgreement(between(goJson(Object.fromEntries(turned.reverse()))))).toBe(3);
    }
  });

  test('any field missing, or of another type', () => {
    for (const key of Object.keys(serverEvent)) {
      expectAgreement(between(line({ [key]: undefined })));
      for (const value of [null, true, 7, -0, 1e300, '', 'x', [], ['x'], [7], {}, { a: 1 }, [[]], '\ud800']) {
        expectAgreement(between(line({ [key]: value })));
      }
    }
  });

  test.each([
    ['responseStatus', 'code'],
    ['responseStatus', 'message'],
    ['user', 'username'],
    ['user', 'groups'],
    ['user', 'uid'],
    ['impersonatedUser', 'username'],
    ['impersonatedUser', 'groups'],
    ['impersonatedUser', 'extra'],
    ['annotations', 'authorization.k8s.io/decision'],
    ['annotations', 'authorization.k8s.io/reason'],
    ['annotations', 'podsecuritypolicy.policy.k8s.io/admit-policy'],
  ])('%s.%s of any type', (outer, inner) => {
    const fields = serverEvent as unknown as Record<string, object>;
    for (const value of [
      undefined,
      null,
      true,
      0,
      201,
      403,
      999,
      1000,
      1.5,
      -1,
      '',
      'allow',
      'x\u0000',
      [],
      ['x', 1],
      {},
      { k: ['v', 1], __proto__: ['x'] },
    ]) {
      expectAgreement(between(line({ [outer]: { ...fields[outer], [inner]: value } })));
    }
  });

  test('keys twice: the last one counts', () => {
    for (const [key, value] of Object.entries(serverEvent)) {
      const extra = `${JSON.stringify(key)}:${goJson(value)}`;
      const other = `${JSON.stringify(key)}:"other"`;
      const whole = line();
      expectAgreement(between(`${whole.slice(0, -1)},${other}}`));
      expectAgreement(between(`{${other},${whole.slice(1)}`));
      expectAgreement(between(`${whole.slice(0, -1)},${other},${extra}}`));
    }
    expectAgreement(between(line().replace('"code":403', '"code":200,"code":403')));
    expectAgreement(between(line().replace('"username":"bob"', '"username":"eve","username":"bob"')));
    expectAgreement(
      between(line().replace('"authorization.k8s.io/decision":"allow"', '$&,"authorization.k8s.io/decision":"forbid"')),
    );
  });

  test('escapes, surrogates and odd characters in any string', () => {
    const texts = [
      '\\u0061',
      '\\/',
      '\\n',
      '\\"',
      '\\\\',
      '\\u0000',
      '\\ud83d\\ude00',
      '😀',
      '\\ud800',
      '\\udc00x',
      'é',
      '\\u00e9',
      '\\u0026',
      '\\u003c',
      '%66',
      '\u007f',
      '\u2028',
      '\\u2028',
      ' ',
      '\\t',
      '\\uD800\\u0041',
    ];
    const places = Object.values(serverEvent).filter((value) => typeof value === 'string');
    for (const text of texts) {
      const whole = line();
      for (const place of [
        ...places,
        'bob',
        'scopes/x',
        'v1',
        'system:serviceaccounts',
        'RBAC: ',
        'denied by',
        'ReplicaSet',
        '10.0.0.1',
      ]) {
        const at = whole.indexOf(goJson(place).slice(1, -1)) + 2;
        expectAgreement(between(`${whole.slice(0, at)}${text}${whole.slice(at)}`));
      }
    }
    // Escapes in keys are keys all the same.
    for (const key of ['verb', 'user', 'code', 'username', 'requestURI', 'auditID', 'authorization.k8s.io/decision']) {
      expectAgreement(between(line().replace(`"${key}"`, `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"`)));
    }
  });

  test('URIs whose query decides something, and those whose does not', () => {
    const queries = [
      '?fieldSelector=metadata.name%3Dx',
      '?limit=1&fieldSelector=a',
      '?%66ieldSelector=a',
      '?fieldSelector',
      '?',
      '?&&',
      '?a=fieldSelector',
      '?fieldSelecto%72=a&b',
      '?fieldSelecto%7=a',
      '?xfieldSelector=a',
      '?watch=1&resourceVersion=7&timeout=5m',
      '#f',
      '%3FfieldSelector=a',
      '?ignoreStoreReadErrorWithClusterBreakingPotential=true',
      '?a?fieldSelector=b',
      '?field+Selector=a',
      '?FIELDSELECTOR=x',
    ];
    for (const query of queries) {
      for (const verb of ['get', 'list', 'watch', 'delete', 'deletecollection', 'create', '']) {
        expectAgreement(between(line({ verb, requestURI: `/api/v1/pods${query}` })));
      }
    }
  });

  test('bodies that attribution reads, and those it does not', () => {
    const bodies = { requestObject: { kind: 'X', rules: [{ verbs: ['*'] }] }, responseObject: [1] };
    const uris = [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      '/apis/certificates.k8s.io/v1/certificatesigningrequests/x/approval',
      '/apis/apps/v1/namespaces/a/deployments',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
      '/apis/admissionregistration.k8s.io/v1/x',
      '/apis/resource.k8s.io/v1/namespaces/a/resourceclaims/c/status',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      '',
    ];
    for (const requestURI of uris) {
      for (const verb of ['create', 'update', 'patch', 'get', 'delete']) {
        expectAgreement(between(line({ verb, requestURI, ...bodies })));
      }
    }
    for (const apiGroup of ['rbac.authorization.k8s.io', 'apps', 'certificates.k8s.io']) {
      expectAgreement(between(line({ verb: 'create', objectRef: { resource: 'roles', apiGroup }, ...bodies })));
    }
    for (const key of ['ignoreStoreReadErrorWithClusterBreakingPotential', 'ignoreStoreReadErrorX', '__proto__']) {
      const options = JSON.parse(`{"kind":"DeleteOptions","${key}":true}`);
      for (const verb of ['delete', 'deletecollection', 'create'])
        expectAgreement(between(line({ verb, requestObject: options })));
    }
  });

  test('look-alike fields inside bodies, names and texts', () => {
    const lookAlike = {
      kind: 'Event',
      verb: 'delete',
      auditID: 'x',
      user: { username: 'eve' },
      annotations: serverEvent.annotations,
    };
    expectAgreement(between(line({ requestObject: lookAlike, responseObject: { items: [lookAlike, line()] } })));
    expectAgreement(
      between(line({ requestObject: { metadata: { ownerReferences: [lookAlike], verb: 'x' }, text: line() } })),
    );
    expectAgreement(between(line({ userAgent: '","verb":"delete","user":{"username":"eve"}' })));
    expectAgreement(between(line({ user: { username: '"}],"verb":"delete', groups: ['{', '}'] } })));
    expectAgreement(between(line({ extra: lookAlike, objectRef: lookAlike, sourceIPs: [lookAlike] })));
  });

  test('blanks between all tokens', () => {
    const spaced = JSON.stringify(serverEvent, undefined, 1).replaceAll('\n', ' ');
    expect(expectAgreement(between(spaced))).toBe(3);
    expect(expectAgreement(between(` \t${line()} \t\r`))).toBe(3);
    for (let at = 0; at < line().length; at += 7)
      expectAgreement(between(`${line().slice(0, at)} ${line().slice(at)}`));
  });

  test.each([1000, 20_000])('%i levels of nesting in a body', (levels) => {
    const nested = `${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)}`;
    for (const field of ['requestObject', 'responseObject', 'unknown', 'objectRef']) {
      expect(expectAgreement(between(`${line().slice(0, -1)},"${field}":${nested}}`))).toBe(3);
    }
    expectAgreement(between(`${line().slice(0, -1)},"x":${nested.slice(0, -1)}}`));
  });

  test('a line of 10 MB', () => {
    const long = line({ responseObject: { data: 'x"\\'.repeat(3_300_000) } });
    expect(long.length).toBeGreaterThan(10_000_000);
    expect(expectAgreement(between(long))).toBe(3);
    expectAgreement(between(long.slice(0, -5)));
  });

  test('every byte cut off its end', () => {
    const bodied = line({ requestObject: { a: [{ b: null }, 1.5e3, true] } });
    for (const whole of [
      bodied,
      line({ requestObject: undefined }),
      readCorpus('apiserver-v1.37.1.jsonl').toString().split('\n')[7] as string,
    ]) {
      for (let length = 1; length <= whole.length; length++) {
        const cut = whole.slice(0, length);
        expectAgreement(cut);
        expect(expectAgreement(between(cut))).toBe(length === whole.length ? 3 : 2);
      }
    }
  });

  test('timestamps as exporters rewrite them', () => {
    const times = [
      '2022-11-29 00:09:04.38',
      '2022-11-29T00:09:04Z',
      '2022-11-29T00:09:04.123456789Z',
      '2022-11-29T02:09:04.5+02:00',
      '2024-02-30T00:00:00.000000Z',
      '2022-11-29T24:00:00.000000Z',
      '2022-13-29T00:00:00.000000Z',
      '1969-12-31T23:59:59.000000Z',
      '2256-01-01T00:00:00.000000Z',
      '2255-01-01T00:00:00.000000Z',
      1669680544,
      1669680544123,
      '1669680544123',
      1669680544123456,
      'yesterday',
      '',
      null,
      '2022-11-29T00:09:60.000000Z',
      '0000-01-01T00:00:00.000000Z',
      '2024-02-29T23:59:59.999999Z',
      '2023-02-29T00:00:00.000000Z',
      '2022-11-29T00:09:04.000000z',
      '2022-00-10T00:00:00.000000Z',
      '2022-11-29t00:09:04.000000Z',
    ];
    for (const time of times) {
      expectAgreement(between(line({ requestReceivedTimestamp: time })));
      expectAgreement(between(line({ requestReceivedTimestamp: time, stageTimestamp: time, timestamp: 1669680544 })));
    }
  });
});

test('without an auditID nothing tells a copy from a repetition: each counts', () => {
  for (const auditID of ['', undefined]) {
    const input = `${line({ auditID })}\n${line({ auditID })}\n`;
    expectAgreement(input);
    expect(decodeLog(Buffer.from(input), 'fast').counts).toMatchObject({ events: 2, duplicates: 0 });
  }
});

describe('inputs of every shape', () => {
  const lines = [
    line(),
    neighbour,
    '',
    'I1023 klog',
    line({ verb: 'watch', stage: 'RequestReceived' }),
    '{"msg":1}',
    line({ verb: 'é' }),
  ];

  test('CRLF, a byte order mark, and neither', () => {
    for (const input of [lines.join('\n'), lines.join('\r\n'), `\ufeff${lines.join('\n')}`, lines.join('\n\ufeff')]) {
      expect(expectAgreement(input)).toBe(4);
      expect(expectAgreement(`${input}\n`)).toBe(4);
    }
  });

  test('pieces that end at every byte', () => {
    const pretty = JSON.stringify(JSON.parse(line()), undefined, 2);
    const input = `\ufeff${line({ verb: 'é' })}\r\n${pretty}\n[${neighbour},\n${line({ verb: 'a' })}]\n${line().slice(0, 50)}\n${line({ verb: 'b' })}`;
    for (let size = 1; size < 80; size++) expect(expectAgreement(input, size)).toBe(5);
  });

  test('arrays, lists and objects over several lines', () => {
    const items = [line(), neighbour, line({ verb: 'c', kind: undefined, apiVersion: undefined })];
    const list = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[`;
    for (const separator of [',', ',\n', '\n,', ',\r\n\r\n']) {
      expect(expectAgreement(`[${items.join(separator)}]\n`)).toBe(3);
      expect(expectAgreement(`[\n${items.join(separator)}\n]`)).toBe(3);
      expect(expectAgreement(`${list}${items.join(separator)}]}\n${neighbour}`)).toBe(4);
      expect(expectAgreement(`${list}\n${items.join(separator)}\n]}`)).toBe(3);
      expect(expectAgreement(`${list}\n${items.join(separator)}\n]\n${neighbour}`)).toBeGreaterThan(2);
    }
    expect(expectAgreement(items.join(''))).toBe(3);
    expect(expectAgreement(items.map((item) => JSON.stringify(JSON.parse(item), undefined, 4)).join(''))).toBe(3);
  });

  test('the same log twice, and a copy that overlaps', () => {
    const log = readCorpus('immudb-k8s.log');
    const overlapping = Buffer.concat([log, log.subarray(log.indexOf('\n', 100_000) + 1), log]);
    expectAgreement(overlapping);
    const once = decodeLog(log, 'fast');
    const requests = (decoded: typeof once) =>
      [...decoded.tallies.values()].reduce((sum, tally) => sum + tally.count, 0);
    expect(requests(decodeLog(overlapping, 'fast'))).toBe(requests(once));
  });
});
