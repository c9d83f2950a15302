// The scanner against the obvious way: JSON.parse on each line, and the exact reading of what comes out. Lines that it
// hands on go that way, as in the decoder; the tallies must be the same, whichever way each line went.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { foldedKey, uniteNames } from '../../../test/decode/fold-names.ts';
import { isObject } from '../../base/json-fields.ts';
import type { AuditEvent, Tally } from '../types.ts';
import { type DecodedEvent, readEvent } from './event.ts';
import { allocateScannerMemory, mostArenas, requestSlotsFor, Scanner, type ScannerMemory } from './scanner.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const encoder = new TextEncoder();

let module: WebAssembly.Module;
beforeAll(() => {
  module = new WebAssembly.Module(readFileSync(`${root}/build/scanner.wasm`));
});

type NamedTally = Tally & { readonly names: readonly string[] };

/** Tallies by event, names united. The scanner keeps no objectRef where there is a URI: nobody reads it there (types.ts). */
class Tallies {
  readonly byEvent = new Map<string, NamedTally>();

  add(event: AuditEvent, tally: Tally): void {
    const day = Math.floor(tally.firstSeen / 86_400_000_000);
    const objectRef = event.requestUri === '' ? event.objectRef : undefined;
    const reported = { ...event, objectRef, user: { ...event.user, extra: undefined } };
    const { key, names } = foldedKey(day, reported, tally.names);
    const added = { ...tally, names: uniteNames(names, []) };
    const before = this.byEvent.get(key);
    this.byEvent.set(key, before === undefined ? added : merged(before, added));
  }

  sorted(): [string, NamedTally][] {
    return [...this.byEvent].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function merged(a: NamedTally, b: NamedTally): NamedTally {
  const earlier =
    a.firstSeen < b.firstSeen || (a.firstSeen === b.firstSeen && a.sampleAuditId < b.sampleAuditId) ? a : b;
  return {
    count: a.count + b.count,
    events: a.events + b.events,
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    sampleAuditId: earlier.sampleAuditId,
    names: uniteNames(a.names, b.names),
  };
}

/** Reads one line by JSON.parse. */
function reference(line: string): DecodedEvent | 'other' | 'syntax' {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'syntax';
  }
  if (!isObject(value)) return 'other';
  const reading = readEvent(value, false, 0);
  return reading.as === 'event' ? reading.decoded : 'other';
}

/** The same set of requests, kept plainly. */
class Requests {
  readonly #times = new Map<string, number[]>();

  enter({ event, path, auditId, receivedMicros }: DecodedEvent): boolean {
    const user = event.impersonatedUser ?? event.user;
    const key = JSON.stringify([auditId, event.verb, path, user.username]);
    const times = this.#times.get(key) ?? [];
    if (times.some((time) => Math.abs(time - receivedMicros) <= 1_000_000)) return false;
    this.#times.set(key, [...times, receivedMicros]);
    return true;
  }
}

function single(decoded: DecodedEvent, isNew: boolean): Tally {
  const time = decoded.receivedMicros;
  return { count: isNew ? 1 : 0, events: 1, firstSeen: time, lastSeen: time, sampleAuditId: decoded.auditId };
}

function tallyPlainly(lines: readonly string[]): Tallies {
  const tallies = new Tallies();
  const requests = new Requests();
  for (const line of lines) {
    const decoded = reference(line);
    if (typeof decoded === 'string') continue;
    const isNew = decoded.event.stage === 'RequestReceived' || requests.enter(decoded);
    tallies.add(decoded.event, single(decoded, isNew));
  }
  return tallies;
}

interface Scanned {
  readonly tallies: Tallies;
  readonly lines: number;
  readonly scannedEvents: number;
  /** What the scanner gave, group by group. */
  readonly groups: readonly { readonly event: AuditEvent; readonly tally: Tally }[];
  /** Lines handed on, with the numbers and offsets they were given. */
  readonly handedOn: { readonly text: string; readonly line: number; readonly offset: number }[];
}

interface ScanSetup {
  readonly memory?: ScannerMemory;
  /** How many bytes come at once. */
  readonly pieceSize?: number;
}

function scan(bytes: Uint8Array, setup: ScanSetup = {}): Scanned {
  const tallies = new Tallies();
  const groups: { event: AuditEvent; tally: Tally }[] = [];
  const handedOn: Scanned['handedOn'] = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let pending = '';
  const scanner = new Scanner({
    module,
    memory: setup.memory ?? allocateScannerMemory(1, 1 << 14),
    arena: 0,
    event: (event, tally) => {
      tallies.add(event, tally);
      groups.push({ event, tally });
    },
    take: (piece, line, offset) => {
      const text = decoder.decode(piece.slice());
      handedOn.push({ text, line, offset });
      pending += text;
      if (!text.endsWith('\n')) return false;
      const decoded = reference(pending);
      pending = '';
      if (typeof decoded !== 'string') enter(decoded);
      return true;
    },
  });
  function enter(decoded: DecodedEvent): void {
    const { event, path, auditId, receivedMicros } = decoded;
    const username = (event.impersonatedUser ?? event.user).username;
    const isNew =
      event.stage === 'RequestReceived' || scanner.enterRequest(auditId, event.verb, path, username, receivedMicros);
    tallies.add(event, single(decoded, isNew));
  }
  scanner.begin(0);
  for (let at = 0; at < bytes.length; ) {
    const room = scanner.room();
    const length = Math.min(room.length, bytes.length - at, setup.pieceSize ?? 1 << 30);
    room.set(bytes.subarray(at, at + length));
    scanner.scan(length);
    at += length;
  }
  const lines = scanner.finish();
  const last = pending === '' ? 'other' : reference(pending);
  if (typeof last !== 'string') enter(last);
  const scannedEvents = scanner.events;
  scanner.drain();
  return { tallies, groups, lines, scannedEvents, handedOn };
}

function scanLines(lines: readonly string[], setup: ScanSetup = {}): Scanned {
  return scan(encoder.encode(`${lines.join('\n')}\n`), setup);
}

function expectAgreement(lines: readonly string[]): Scanned {
  const scanned = scanLines(lines);
  expect(scanned.tallies.sorted()).toEqual(tallyPlainly(lines).sorted());
  return scanned;
}

function corpus(name: string): string[] {
  return readFileSync(`${root}/test/corpus/${name}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** An event as the API server writes it; fields given as `undefined` are left out. */
function eventLine(fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: 'd4652481-193e-42f6-9b78-f8651cab5dfe',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/a/configmaps/c',
    verb: 'update',
    user: { username: 'admin', uid: 'u', groups: ['g'], extra: { scopes: ['x'] } },
    sourceIPs: ['127.0.0.1'],
    userAgent: 'kubectl/v1.37.1',
    objectRef: { resource: 'configmaps', namespace: 'a', name: 'c', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-11-21T01:57:58.684876Z',
    stageTimestamp: '2026-11-21T01:57:58.685876Z',
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: "x"' },
    ...fields,
  });
}

const bodies: Record<string, unknown> = {
  requestObject: {
    kind: 'ConfigMap',
    metadata: { name: 'c', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', blockOwnerDeletion: true }] },
    data: {
      'a.json': '{"verb":"get","user":{"username":"nobody"}}',
      text: 'tab\tquote"slash\\é😀',
      long: 'x'.repeat(150),
    },
    list: [1, -2.5, 1e9, true, false, null, [], {}, [[{ a: [] }]], ''],
  },
  responseObject: { items: [{ 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } }], n: 0, s: 'end\\' },
};

describe('Scanner', () => {
  it.each(['apiserver-v1.37.1.jsonl', 'immudb-k8s.log', 'falco-k8s_audit-traces.jsonl', 'panther-eks-tests.jsonl'])(
    'agrees with JSON.parse on %s',
    (name) => {
      expectAgreement(corpus(name));
    },
  );

  it('takes what an API server writes', () => {
    expect(scanLines(corpus('immudb-k8s.log')).handedOn.length).toBeLessThan(30);
    expect(scanLines([eventLine(), eventLine(bodies)]).handedOn).toEqual([]);
  });

  it('reads keys in any order', () => {
    const fields = Object.entries(JSON.parse(eventLine(bodies)) as Record<string, unknown>);
    const lines = fields.map((_, i) => {
      const turned = [...fields.slice(i), ...fields.slice(0, i)];
      return JSON.stringify(Object.fromEntries(i % 2 === 0 ? turned : turned.reverse()));
    });

    expect(expectAgreement(lines).handedOn).toEqual([]);
  });

  it('gives no line to the wrong owner, wherever an event is cut', () => {
    const whole = eventLine(bodies);
    const lines = Array.from({ length: whole.length + 1 }, (_, length) => whole.slice(0, length));

    const scanned = expectAgreement(lines);

    expect(scanned.scannedEvents).toBe(1);
    expect(scanned.handedOn.length).toBe(whole.length - 1);
  });

  it('accepts no body that JSON.parse refuses, and none with a different meaning', () => {
    const base = eventLine(bodies);
    const lines = mutations(base, 4000);

    expectAgreement(lines);
  });

  it('takes bodies that resemble others, and sees every difference', () => {
    const { requestObject } = bodies;
    const seen = eventLine({ requestObject, responseObject: requestObject });
    const from = seen.indexOf('"requestObject"');
    const changed = mutations(seen.slice(from), 3000).map((tail) => seen.slice(0, from) + tail);
    const lines = changed.flatMap((line, i) => (i % 10 === 0 ? [seen, line] : [line]));

    const { scannedEvents } = expectAgreement(lines);

    expect(scannedEvents).toBeGreaterThan(500);
  });

  it('looks for owners in a request body that was seen as a response before', () => {
    const { requestObject } = bodies;
    const lines = [eventLine({ verb: 'get', responseObject: requestObject }), eventLine({ requestObject })];

    const { tallies } = expectAgreement(lines);

    expect([...tallies.byEvent.keys()].filter((key) => key.includes('"name":"p"')).length).toBe(1);
  });

  it('tells owners apart in bodies that resemble each other', () => {
    const owned = (name: string, kind: string, more: object = {}): string =>
      eventLine({
        requestObject: {
          kind: 'Pod',
          metadata: { name, uid: `${name}-uid`, ownerReferences: [{ apiVersion: 'apps/v1', kind, name }] },
          spec: { replicas: name.length, ...more, text: 'x'.repeat(100) },
        },
      });
    const lines = [
      owned('a', 'ReplicaSet'),
      owned('longer', 'ReplicaSet'),
      owned('b', 'Job'),
      owned('a', 'Job', { x: 1 }),
    ];

    const { tallies, handedOn } = expectAgreement(lines);

    expect(handedOn).toEqual([]);
    expect(tallies.byEvent.size).toBe(4);
  });

  it.each([
    ['an escape in a key', eventLine().replace('"verb"', '"v\\u0065rb"')],
    ['a key twice', eventLine().replace('"verb"', '"verb":"get","verb"')],
    ['a username twice', eventLine().replace('"uid":"u"', '"username":"bob"')],
    ['an escape in a key of the user', eventLine().replace('"uid"', '"u\\u0069d"')],
    ['a decision twice', eventLine().replace('"allow",', '"forbid","authorization.k8s.io/decision":"allow",')],
    ['a code twice', eventLine().replace('"code":200', '"code":201,"code":200')],
    ['metadata twice', eventLine(bodies).replace('"data":{', '"metadata":{},"data":{')],
    ['an escape in a key of the body', eventLine(bodies).replace('"data":{', '"met\\u0061data":{},"data":{')],
    [
      'owners twice',
      eventLine(bodies).replace('"metadata":{"name":"c",', '"metadata":{"name":"c","ownerReferences":[],'),
    ],
    [
      'an escape in a key of metadata',
      eventLine(bodies).replace('"metadata":{"name":"c",', '"metadata":{"name":"c","owner\\u0052eferences":[],'),
    ],
    ['whitespace', eventLine().replace('"verb":', '"verb": ')],
    ['a verb that is no text', eventLine({ verb: 1 })],
    ['a user that is no object', eventLine({ user: 'admin' })],
    ['no user', eventLine({ user: undefined })],
    ['no URI', eventLine({ requestURI: undefined })],
    ['an odd timestamp', eventLine({ requestReceivedTimestamp: '2026-11-21 01:57:58' })],
    ['no such day', eventLine({ requestReceivedTimestamp: '2026-02-30T01:57:58.684876Z' })],
    ['a code that is no number', eventLine({ responseStatus: { code: '200' } })],
    ['a fractional code', eventLine({ responseStatus: { code: 200.5 } })],
    ['a decision that is no text', eventLine({ annotations: { 'authorization.k8s.io/decision': true } })],
    ['a path that cannot be decoded', eventLine({ requestURI: '/api/v1/pods/%zz' })],
    ['bytes after the brace', `${eventLine()} `],
    ['RBAC bodies', eventLine({ ...bodies, requestURI: '/apis/rbac.authorization.k8s.io/v1/clusterroles/x' })],
    [
      'bodies of an RBAC objectRef',
      eventLine({ ...bodies, objectRef: { resource: 'x', apiGroup: 'certificates.k8s.io' } }),
    ],
    [
      'an unsafe delete',
      eventLine({ verb: 'delete', requestObject: { ignoreStoreReadErrorWithClusterBreakingPotential: true } }),
    ],
    ['depth', eventLine({ requestObject: JSON.parse(`${'['.repeat(90)}${']'.repeat(90)}`) })],
  ])('leaves to the exact path: %s', (_, line) => {
    const scanned = expectAgreement([eventLine(), line, eventLine()]);

    expect(scanned.handedOn.map(({ text }) => text)).toEqual([`${line}\n`]);
  });

  it('reads what decides, and drops what does not', () => {
    const lines = [
      eventLine({ verb: 'list', requestURI: '/api/v1/pods?limit=500&fieldSelector=metadata.name%3Dx' }),
      eventLine({ verb: 'get', requestURI: '/api/v1/pods/x?limit=500&fieldSelector=y' }),
      eventLine({ verb: 'list', requestURI: '/api/v1/pods?%66ieldSelector=metadata.name%3Dx' }).replaceAll(
        '&',
        '\\u0026',
      ),
      eventLine({ verb: 'list', requestURI: '/api/v1/pods?labelSelector=a%3Db&resourceVersion=1' }).replaceAll(
        '&',
        '\\u0026',
      ),
      eventLine({ user: { username: 'a', extra: { jti: ['1'] } } }),
      eventLine({ user: { username: 'a', extra: { jti: ['2'] } } }),
      eventLine({ user: { extra: {}, username: 'a' } }),
      eventLine({ impersonatedUser: { username: 'bob', extra: { jti: ['2'] } } }),
      eventLine({ authenticationMetadata: { impersonationConstraint: 'impersonate:serviceaccount' } }),
      eventLine({ responseStatus: { status: 'Failure', message: 'pods "x" is forbidden', code: 403 } }),
      eventLine({ responseStatus: { status: 'Failure', message: 'pods "x" not found', code: 404 } }),
      eventLine({ ...bodies, verb: 'create' }),
      eventLine({ ...bodies, verb: 'get' }),
      eventLine({
        annotations: { 'podsecuritypolicy.policy.k8s.io/admit-policy': 'privileged', other: [1, { a: 'b' }] },
      }),
      eventLine({ userAgent: 'a "quoted" agent \u{1f600}' }),
      eventLine({ level: 'Metadata', stage: 'Panic', verb: '' }),
    ];

    expect(expectAgreement(lines).handedOn).toEqual([]);
  });

  /** What becomes of these paths, by group: the URI of the group, its names, and how many events it has. */
  function fold(uris: readonly string[], fields: Record<string, unknown> = {}): [string, readonly string[], number][] {
    const { groups, handedOn } = expectAgreement(uris.map((requestURI) => eventLine({ requestURI, ...fields })));
    expect(handedOn).toEqual([]);
    return groups.map(({ event, tally }) => [event.requestUri, [...(tally.names ?? [])].sort(), tally.events]);
  }

  it('unites events that differ in nothing but the name of their object', () => {
    const pods = ['a', 'b', 'a', 'c', 'a', 'b'].map((name) => `/api/v1/namespaces/n/pods/${name}`);
    expect(fold(pods)).toEqual([
      [expect.stringMatching(/^\/api\/v1\/namespaces\/n\/pods\/[abc]$/), ['a', 'b', 'c'], 6],
    ]);
    const nodes = ['/api/v1/nodes/b/status', '/api/v1/nodes/a/status?force=true'];
    expect(fold(nodes)).toEqual([[expect.stringMatching(/^\/api\/v1\/nodes\/[ab]\/status$/), ['a', 'b'], 2]]);
    expect(fold(['/apis/g.io/v1/things/x', '/apis/g.io/v1/things/y'])).toMatchObject([[{}, ['x', 'y'], 2]]);
    // A second `namespaces` is a resource like others.
    expect(fold(['/api/v1/namespaces/a/namespaces/x', '/api/v1/namespaces/a/namespaces/y']).length).toBe(1);
  });

  it('keeps what is not a name apart', () => {
    const uris = [
      '/api/v1/namespaces/a/pods/x',
      '/api/v1/namespaces/b/pods/x',
      '/api/v1/namespaces/a/pods/x/log',
      '/api/v1/namespaces/a/pods/x/exec',
      '/api/v1/namespaces/a/secrets/x',
      '/api/v2/namespaces/a/pods/x',
      '/apis/a/v1/pods/x',
      '/apis/b/v1/pods/x',
      '/api/v1/pods/x',
      '/api/v1/namespaces/a/pods',
    ];
    expect(fold(uris).map(([uri]) => uri)).toEqual(uris);
    expect(fold(uris).flatMap(([, names]) => names)).toEqual([]);
  });

  it.each([
    ['namespaces', ['/api/v1/namespaces/a', '/api/v1/namespaces/b']],
    ['status of namespaces', ['/api/v1/namespaces/a/status', '/api/v1/namespaces/b/status']],
    ['finalize of namespaces', ['/api/v1/namespaces/a/finalize/x', '/api/v1/namespaces/b/finalize/x']],
    ['watch', ['/api/v1/watch/pods/a', '/api/v1/watch/pods/b']],
    ['proxy', ['/api/v1/proxy/nodes/a', '/api/v1/proxy/nodes/b']],
    ['what is no API', ['/logs/v1/pods/a', '/logs/v1/pods/b']],
    ['what only begins like one', ['/apiv1/v1/pods/a', '/apiv1/v1/pods/b']],
    ['what lies deeper', ['//api/v1/pods/a', '//api/v1/pods/b']],
    ['an empty segment', ['/api/v1//pods/a', '/api/v1//pods/b']],
    ['an empty subresource', ['/api/v1/pods/a//log', '/api/v1/pods/b//log']],
    ['an empty name', ['/api/v1/pods//a', '/api/v1/pods//b']],
    ['a slash at the end', ['/api/v1/pods/a/', '/api/v1/pods/b/']],
  ])('leaves the names of %s alone', (_, uris) => {
    expect(fold(uris).map(([, names, events]) => [names, events])).toEqual([
      [[], 1],
      [[], 1],
    ]);
  });

  it.each([
    ['somebody was impersonated', { impersonatedUser: { username: 'bob' } }],
    [
      'impersonation was constrained',
      { authenticationMetadata: { impersonationConstraint: 'impersonate:arbitrary-node' } },
    ],
    ['owners are named', bodies],
    ['a policy is named', { annotations: { 'podsecuritypolicy.policy.k8s.io/admit-policy': 'restricted' } }],
    ['there is no verb', { verb: '' }],
    ['the verb is proxy', { verb: 'proxy' }],
  ])('leaves names alone where %s', (_, fields) => {
    expect(fold(['/api/v1/nodes/a', '/api/v1/nodes/b'], fields).map(([uri]) => uri)).toEqual([
      '/api/v1/nodes/a',
      '/api/v1/nodes/b',
    ]);
  });

  it('leaves escapes and other alphabets to the exact path', () => {
    const uris = ['/api/v1/nodes/%61', '/api/v1/nodes/é', '/api/v1/nodes/a\\b', '/api/v1/nodes/a%2Fb'];
    const lines = uris.map((requestURI) => eventLine({ requestURI }));

    expect(expectAgreement(lines).handedOn.length).toBe(lines.length);
  });

  it('takes names as they are', () => {
    const names = [
      '__proto__',
      'constructor',
      'x'.repeat(253),
      'y'.repeat(1500),
      '..',
      'a b',
      "'",
      '0',
      'status',
    ].sort();
    expect(fold(names.map((name) => `/api/v1/nodes/${name}`))).toEqual([[expect.any(String), names, names.length]]);
  });

  it('cuts what lies behind a subresource', () => {
    const uris = ['/x', '/x/y/', '/', '', '//y', '/proxy'].map(
      (tail) => `/api/v1/namespaces/a/services/s/proxy${tail}`,
    );
    expect(fold(uris)).toEqual([['/api/v1/namespaces/a/services/s/proxy', [], uris.length]]);
    expect(fold(uris, { verb: 'proxy' }).length).toBe(uris.length);
    expect(fold(uris, { impersonatedUser: { username: 'bob' } }).length).toBe(1);
    // They are requests of their own all the same.
    const { groups } = scanLines(uris.map((requestURI) => eventLine({ requestURI })));
    expect(groups.map(({ tally }) => tally.count)).toEqual([uris.length]);
  });

  it('drops parameters that cannot matter', () => {
    const uris = [1, 2, 3].map(
      (n) => `/api/v1/pods?watch=true&resourceVersion=${n}&timeoutSeconds=${n}&fieldSelector=a&x`,
    );
    expect(fold(uris, { verb: 'watch' })).toEqual([['/api/v1/pods?fieldSelector=a', [], 3]]);
    expect(
      fold(['/api/v1/pods?limit=x&fieldSelector=a', '/api/v1/pods?limit=1&fieldSelector=a&limit=2'], { verb: 'list' })
        .length,
    ).toBe(2);
  });

  it('counts a request once: stages, copies, and not by auditID alone', () => {
    const at = (micros: string, fields: Record<string, unknown> = {}): string =>
      eventLine({ requestReceivedTimestamp: `2026-11-21T01:57:${micros}Z`, ...fields });
    const lines = [
      at('58.000000', { stage: 'RequestReceived' }),
      at('58.000000', { stage: 'ResponseStarted' }),
      at('58.000000'),
      at('58.000000'),
      at('58.000000', { requestURI: '/api/v1/namespaces/a/configmaps/d' }),
      at('58.900000'),
      at('59.500000'),
      at('58.000000', { impersonatedUser: { username: 'bob' } }),
      at('58.000300', { user: { username: 'bob' } }),
      // The exact path asks the same set.
      `${at('58.000000')} `,
    ];

    const { tallies } = expectAgreement(lines);

    expect([...tallies.byEvent.values()].reduce((sum, tally) => sum + tally.count, 0)).toBe(5);
  });

  it('takes the sample from the earliest event', () => {
    const lines = ['b', 'a', 'c', 'ab'].map((auditID) =>
      eventLine({ auditID, requestReceivedTimestamp: '2026-11-21T01:57:58.684876Z' }),
    );
    lines.push(eventLine({ auditID: 'z', requestReceivedTimestamp: '2026-11-21T01:57:58.684875Z' }));

    expectAgreement(lines.slice(0, 4));
    expect([...expectAgreement(lines).tallies.byEvent.values()].map((tally) => tally.sampleAuditId)).toEqual(['z']);
  });

  it('says where the lines are that it hands on', () => {
    const text = `${eventLine()}\r\n\r\n\nI1023 klog\n${eventLine()}\n{"a":1}\n${eventLine()}`;

    const { handedOn, lines, scannedEvents } = scan(encoder.encode(text));

    expect(handedOn.map(({ text: line }) => line)).toEqual(['I1023 klog\n', '{"a":1}\n', eventLine()]);
    expect(handedOn.map(({ line }) => line)).toEqual([4, 6, 7]);
    for (const { text: line, offset } of handedOn) expect(text.slice(offset, offset + line.length)).toBe(line);
    expect({ lines, scannedEvents }).toEqual({ lines: 7, scannedEvents: 2 });
  });

  it('scans lines of megabytes', () => {
    const long = eventLine({ responseObject: { data: 'x'.repeat(3_000_000), list: Array(50_000).fill({ a: 1 }) } });

    expect(expectAgreement([eventLine(), long, eventLine()]).handedOn).toEqual([]);
  });

  it('hands on a line longer than its window in pieces', () => {
    const long = eventLine({ requestObject: { data: 'x'.repeat(9_000_000) } });
    const lines = [eventLine(), long, eventLine()];

    const { handedOn, tallies } = scanLines(lines);

    expect(handedOn.length).toBeGreaterThan(1);
    expect(handedOn.map(({ text }) => text).join('')).toBe(`${long}\n`);
    expect(new Set(handedOn.map(({ line }) => line))).toEqual(new Set([2]));
    expect(tallies.sorted()).toEqual(tallyPlainly(lines).sorted());
  });

  it('does not care how the bytes arrive', () => {
    const lines = corpus('apiserver-v1.37.1.jsonl').slice(0, 60);
    const bytes = encoder.encode(`${lines.join('\n')}\n`);
    const whole = scan(bytes).tallies.sorted();

    for (const pieceSize of [1, 7, 1000, 4096]) expect(scan(bytes, { pieceSize }).tallies.sorted()).toEqual(whole);
  });

  it('drains and goes on when its room runs out', () => {
    const lines = Array.from({ length: 90_000 }, (_, i) =>
      eventLine({ auditID: `${i}`, requestURI: `/api/v1/namespaces/n${i}/pods` }),
    );

    const { tallies, handedOn } = scanLines(lines);

    expect(handedOn).toEqual([]);
    expect(tallies.byEvent.size).toBe(lines.length);
    expect([...tallies.byEvent.values()].reduce((sum, tally) => sum + tally.count, 0)).toBeGreaterThan(0);
  });

  it('loses no name when its room runs out', () => {
    const line = eventLine({ requestURI: '/api/v1/nodes/NAME' });
    const lines = Array.from({ length: 170_000 }, (_, i) => line.replace('NAME', `n${i}`));

    const { tallies, groups, handedOn } = scanLines(lines);

    expect(handedOn).toEqual([]);
    expect(groups.length).toBe(2);
    expect([...tallies.byEvent.values()].map(({ names }) => names.length)).toEqual([lines.length]);
  });

  it('names the minutes with events', () => {
    const scanner = new Scanner({
      module,
      memory: allocateScannerMemory(1, 16),
      arena: 0,
      event: () => undefined,
      take: () => true,
    });
    const times = ['2026-11-21T01:57:58.684876Z', '2026-11-21T01:58:01.000000Z', '2026-11-22T00:00:00.000000Z'];
    const bytes = encoder.encode(
      times.map((requestReceivedTimestamp) => `${eventLine({ requestReceivedTimestamp })}\n`).join(''),
    );
    scanner.begin(0);
    scanner.room().set(bytes);
    scanner.scan(bytes.length);

    const minute = (text: string): number => Date.parse(text) / 60_000;
    expect(scanner.activeMinutes()).toEqual([
      [minute('2026-11-21T01:57Z'), minute('2026-11-21T01:58Z')],
      [minute('2026-11-22T00:00Z'), minute('2026-11-22T00:00Z')],
    ]);
  });

  it('has memory for as many scanners as it says', () => {
    const memory = allocateScannerMemory(mostArenas, 1 << 10);
    const uris: string[] = [];
    const scanner = new Scanner({
      module,
      memory,
      arena: mostArenas - 1,
      event: (event) => uris.push(event.requestUri),
      take: () => true,
    });
    const bytes = encoder.encode(`${eventLine()}\n`);
    scanner.begin(0);
    scanner.room().set(bytes);
    scanner.scan(bytes.length);
    scanner.drain();

    expect(uris).toEqual(['/api/v1/namespaces/a/configmaps/c']);
  });

  it('remembers as many requests as an input can hold', () => {
    expect(requestSlotsFor(undefined)).toBe(1 << 21);
    expect(requestSlotsFor(0)).toBe(1 << 14);
    expect(requestSlotsFor(512 * 100_000)).toBe(1 << 17);
    expect(requestSlotsFor(1e15)).toBe(1 << 21);
  });

  it('shares the set of requests between scanners', () => {
    const memory = allocateScannerMemory(2, 1 << 10);
    const counts = [0, 1].map((arena) => {
      let count = 0;
      const scanner = new Scanner({
        module,
        memory,
        arena,
        event: (_, tally) => {
          count += tally.count;
        },
        take: () => true,
      });
      const bytes = encoder.encode(`${eventLine()}\n`);
      scanner.begin(0);
      scanner.room().set(bytes);
      scanner.scan(bytes.length);
      scanner.drain();
      return count;
    });

    expect(counts).toEqual([1, 0]);
  });
});

/** Changed copies of a line: bytes replaced, removed, inserted, swapped and repeated, always the same ones. */
function mutations(line: string, count: number): string[] {
  const pieces = [...'{}[],:"\\ 0e-.tfn\u0001', '""', '{}', '[]', 'null', '\\u12', '\\"', ',"a":1', '"b",'];
  let state = 12345;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, () => {
    let text = line;
    for (let times = 1 + below(2); times > 0; times--) {
      const at = below(text.length);
      const piece = pieces[below(pieces.length)] as string;
      const kind = below(4);
      if (kind === 0) text = text.slice(0, at) + piece + text.slice(at + 1);
      else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1 + below(3));
      else if (kind === 2) text = text.slice(0, at) + piece + text.slice(at);
      else text = text.slice(0, at) + text.slice(at + 1, at + 2) + text.slice(at, at + 1) + text.slice(at + 2);
    }
    return text;
  });
}
