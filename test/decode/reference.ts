// The reference decoder: slow and obvious. Splits at newlines, lets JSON.parse judge, picks the fields by hand. It shares no
// code with src/flow/decode; what both must agree on is written down twice.
//
// It reads events: one per line, several in a line, over several lines, in arrays and EventLists. Of the clouds' containers
// it knows the plain shapes.

import { foldedKey, splitObjectPath, uniteNames } from './fold-names.ts';

export interface ReferenceTally {
  count: number;
  events: number;
  first: number;
  last: number;
  sample: string;
  /** Where events are united whose names differ: all of them, sorted. */
  names: readonly string[];
}

/** Tallies by the JSON of `[day, event]` (as `foldedKey` has it), and how many records were bad. */
export interface Decoded {
  readonly tallies: Map<string, ReferenceTally>;
  bad: number;
}

type Json = Record<string, unknown>;

/** Adds to the tally of its group. */
export function addTally(tallies: Decoded['tallies'], key: string, added: ReferenceTally): void {
  const tally = tallies.get(key);
  if (tally === undefined) {
    tallies.set(key, { ...added, names: uniteNames(added.names, []) });
    return;
  }
  tally.names = uniteNames(tally.names, added.names);
  const isEarlier = added.first < tally.first || (added.first === tally.first && added.sample < tally.sample);
  if (isEarlier) tally.sample = added.sample;
  tally.count += added.count;
  tally.events += added.events;
  tally.first = Math.min(tally.first, added.first);
  tally.last = Math.max(tally.last, added.last);
}

/** Remembers requests over any number of inputs. */
export class ReferenceDecoder {
  readonly #requests = new Map<string, number[]>();

  decode(bytes: Uint8Array): Decoded {
    const decoded: Decoded = { tallies: new Map(), bad: 0 };
    for (const record of frame(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))) {
      if (record === 'bad') decoded.bad++;
      else this.#addValue(record, false, 0, decoded);
    }
    return decoded;
  }

  #addValue(value: Json, isAudit: boolean, time: number, decoded: Decoded): void {
    const inner = unwrap(value);
    if (inner !== undefined) {
      for (const item of inner) {
        if (item === 'bad') decoded.bad++;
        else this.#addValue(item.value, item.isAudit, item.time, decoded);
      }
      return;
    }
    const verdict = judge(value, isAudit);
    if (verdict === 'bad') decoded.bad++;
    if (verdict === 'event') this.#addEvent(value, time, decoded);
  }

  #addEvent(value: Json, containerTime: number, decoded: Decoded): void {
    const event = pick(value);
    const time = receivedAt(value) || containerTime;
    const auditId = text(value.auditID);
    const isRequest = event.stage !== 'RequestReceived';
    const path = text(value.requestURI).split('?')[0] as string;
    const count = isRequest && this.#isNew(auditId, event, path, time) ? 1 : 0;
    const { key, names } = foldedKey(Math.floor(time / 86_400_000_000), event, undefined);
    addTally(decoded.tallies, key, { count, events: 1, first: time, last: time, sample: auditId, names });
  }

  #isNew(auditId: string, event: Picked, path: string, time: number): boolean {
    if (auditId === '') return true;
    const ref = event.objectRef;
    const object = ref && [ref.apiGroup, ref.resource, ref.subresource, ref.namespace, ref.name].join('/');
    const username = (event.impersonatedUser ?? event.user).username;
    const key = JSON.stringify([auditId, event.verb, object ?? path, username]);
    const unit = Math.floor(time / 65_536);
    const units = this.#requests.get(key) ?? [];
    if (units.some((other) => Math.abs(other - unit) <= 15)) return false;
    this.#requests.set(key, [...units, unit]);
    return true;
  }
}

/** Whether a frame holds something that has to do with audit logs; what follows it in its line is then bad. */
function isForeign(value: Json): boolean {
  return unwrap(value) === undefined && judge(value, false) === 'other';
}

function* frame(input: string): Generator<Json | 'bad'> {
  let at = 0;
  let lineHeldRecord = false;
  while (at < input.length) {
    const char = input[at] as string;
    if (char === '\n') lineHeldRecord = false;
    const isMark = char === '\ufeff' && (at === 0 || input[at - 1] === '\n');
    if (isMark || ' \t\r\n,[]'.includes(char)) {
      at++;
      continue;
    }
    const found = char === '{' ? findObject(input, at) : undefined;
    if (found !== undefined) {
      yield found.value;
      if (!isForeign(found.value)) lineHeldRecord = true;
      at = found.end;
      continue;
    }
    if (char === '{' || lineHeldRecord) yield 'bad';
    lineHeldRecord = false;
    at = lineEndAfter(input, at);
  }
}

/** The object that begins here, in this line or in as many as it takes: more are tried while only the end is missing. */
function findObject(input: string, from: number): { value: Json; end: number } | undefined {
  for (let to = lineEndAfter(input, from); ; to = lineEndAfter(input, to + 1)) {
    const candidate = input.slice(from, to);
    try {
      return { value: JSON.parse(candidate) as Json, end: to };
    } catch (error) {
      const { message } = error as Error;
      const isAtEnd = message.startsWith('Unexpected end');
      const position = isAtEnd ? candidate.length : Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
      if (message.startsWith('Unexpected non-whitespace character after JSON')) {
        return { value: JSON.parse(candidate.slice(0, position)) as Json, end: from + position };
      }
      if (position < candidate.length || to >= input.length) return undefined;
    }
  }
}

function lineEndAfter(input: string, from: number): number {
  const end = input.indexOf('\n', from);
  return end < 0 ? input.length : end;
}

type Inner = { value: Json; isAudit: boolean; time: number } | 'bad';

/** The plain shapes of containers. */
function unwrap(value: Json): Inner[] | undefined {
  if (value.kind === 'Event') return undefined;
  if (value.kind === 'EventList' && value.items === null) return [];
  if (value.kind === 'EventList' && Array.isArray(value.items)) {
    return value.items.map((item) => (isObject(item) ? { value: item, isAudit: true, time: 0 } : 'bad'));
  }
  if (Array.isArray(value.records)) {
    return value.records.flatMap((item) => (isObject(item) ? (unwrap(item) ?? []) : []));
  }
  if (isObject(value.properties) && 'category' in value) {
    if (value.category !== 'kube-audit' && value.category !== 'kube-audit-admin') return [];
    return [embedded(value.properties.log, micros(value.time))];
  }
  if (Array.isArray(value.events)) {
    return value.events.map((item) => embedded(item.message, micros(item.timestamp)));
  }
  return undefined;
}

function embedded(log: unknown, time: number): Inner {
  try {
    return { value: JSON.parse(log as string) as Json, isAudit: true, time };
  } catch {
    return 'bad';
  }
}

function judge(value: Json, isAudit: boolean): 'event' | 'bad' | 'other' {
  const { kind, apiVersion, verb } = value;
  if (kind !== undefined && typeof kind !== 'string') return 'bad';
  if (apiVersion !== undefined && typeof apiVersion !== 'string') return 'bad';
  const isAuditVersion = apiVersion?.startsWith('audit.k8s.io/') === true;
  const isOther = (kind !== undefined && kind !== 'Event') || (apiVersion !== undefined && !isAuditVersion);
  if (isOther) return isAudit || isAuditVersion ? 'bad' : 'other';
  const hasId = text(value.auditID) !== '' || text(value.stage) !== '';
  const hasVerb = typeof verb === 'string';
  const isMarked = isAudit || isAuditVersion || (kind === 'Event' && (hasVerb || hasId));
  const isComplete = hasVerb && (isObject(value.user) || isObject(value.objectRef) || text(value.requestURI) !== '');
  if (isComplete && (isMarked || hasId)) return 'event';
  return isMarked ? 'bad' : 'other';
}

type Picked = ReturnType<typeof pick>;

/** The fields of types.ts's AuditEvent, in its order. */
function pick(value: Json) {
  const verb = text(value.verb);
  const uri = text(value.requestURI);
  const ref = pickRef(value.objectRef);
  const status = isObject(value.responseStatus) ? value.responseStatus : {};
  const annotations = isObject(value.annotations) ? value.annotations : {};
  const decision = text(annotations['authorization.k8s.io/decision']);
  const code = pickCode(status.code);
  const authentication = isObject(value.authenticationMetadata) ? value.authenticationMetadata : {};
  const isWrite = ['create', 'update', 'patch'].includes(verb);
  const readsBodies = isWrite && (readsGroup(ref?.apiGroup, [ref?.resource]) || readsPath(uri));
  const isUnsafe =
    ['delete', 'deletecollection'].includes(verb) &&
    isObject(value.requestObject) &&
    Object.hasOwn(value.requestObject, 'ignoreStoreReadErrorWithClusterBreakingPotential');
  return {
    origin: 'audit',
    level: text(value.level),
    stage: text(value.stage),
    verb,
    requestUri: relevantPath(uri, verb) + (keepsQuery(uri, verb) ? relevantQuery(uri) : ''),
    user: pickUser(value.user, false),
    impersonatedUser: isObject(value.impersonatedUser) ? pickUser(value.impersonatedUser, true) : undefined,
    impersonationConstraint: text(authentication.impersonationConstraint),
    userAgent: text(value.userAgent),
    objectRef: uri === '' ? ref : undefined,
    code,
    message: code === 403 && decision === 'allow' ? text(status.message) : '',
    decision,
    reason: text(annotations['authorization.k8s.io/reason']),
    admitPolicy: text(annotations['podsecuritypolicy.policy.k8s.io/admit-policy']),
    requestObject: readsBodies || isUnsafe ? body(value.requestObject) : undefined,
    responseObject: readsBodies ? body(value.responseObject) : undefined,
    ownerReferences: isWrite ? pickOwners(value.requestObject) : [],
  };
}

function pickUser(value: unknown, keepsExtra: boolean) {
  const user = isObject(value) ? value : {};
  const extra = keepsExtra && isObject(user.extra) ? Object.entries(user.extra) : [];
  return {
    username: text(user.username),
    uid: text(user.uid),
    groups: texts(user.groups),
    extra: Object.fromEntries(
      extra.filter(([, values]) => Array.isArray(values)).map(([k, values]) => [k, texts(values)]),
    ),
  };
}

function pickRef(value: unknown) {
  if (!isObject(value) || text(value.resource) === '') return undefined;
  // v1alpha1 wrote `apps/v1`.
  const [, group = '', version = ''] = /^([^/]+)\/(.*)$/s.exec(text(value.apiVersion)) ?? [];
  return {
    resource: text(value.resource),
    subresource: text(value.subresource),
    namespace: text(value.namespace),
    name: text(value.name),
    apiGroup: text(value.apiGroup) || group,
    apiVersion: group === '' ? text(value.apiVersion) : version,
  };
}

function pickOwners(value: unknown) {
  if (!isObject(value) || !isObject(value.metadata) || !Array.isArray(value.metadata.ownerReferences)) return [];
  return value.metadata.ownerReferences.filter(isObject).map((owner) => ({
    apiVersion: text(owner.apiVersion),
    kind: text(owner.kind),
    name: text(owner.name),
    blockOwnerDeletion: owner.blockOwnerDeletion === true,
  }));
}

function pickCode(value: unknown): number {
  return typeof value === 'number' && /^[1-9]\d{0,2}$/.test(String(value)) ? value : 0;
}

function keepsQuery(uri: string, verb: string): boolean {
  const query = uri.includes('?') ? uri.slice(uri.indexOf('?') + 1) : '';
  const keys = query.split('&').map((parameter) => unescapeKey(parameter.split('=')[0] as string));
  if (keys.includes('ignoreStoreReadErrorWithClusterBreakingPotential')) return true;
  return (verb === 'list' || verb === 'watch') && keys.includes('fieldSelector');
}

/** Nothing behind the subresource is asked for. */
function relevantPath(uri: string, verb: string): string {
  const path = uri.split('?')[0] as string;
  const found = verb === 'proxy' ? undefined : splitObjectPath(path);
  return found === undefined ? path : found.segments.slice(0, found.nameAt + 2).join('/');
}

/** Without what cannot matter: parameters nobody reads, and numbers that are as they should be. */
function relevantQuery(uri: string): string {
  const parameters = uri
    .slice(uri.indexOf('?') + 1)
    .split('&')
    .map((whole) => ({ whole, key: whole.split('=')[0] as string, value: whole.split('=').slice(1).join('=') }));
  const isOdd = (key: string) => /[%+;]/.test(key);
  const kept = parameters.filter(({ key, value }) => {
    if (/^(fieldSelector|labelSelector|ignoreStoreReadErrorWithClusterBreakingPotential)$/.test(key)) return true;
    if (!/^(limit|timeoutSeconds)$/.test(key)) return isOdd(key);
    const isOnly =
      !parameters.some((other) => isOdd(other.key)) && parameters.filter((p) => p.key === key).length === 1;
    return !(isOnly && /^[0-9]{1,18}$/.test(value));
  });
  return `?${kept.map(({ whole }) => whole).join('&')}`;
}

function unescapeKey(key: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(key)) return '';
  return key.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function readsGroup(group: string | undefined, resources: readonly (string | undefined)[]): boolean {
  if (/^(rbac\.authorization|authorization|authentication|certificates)\.k8s\.io$/.test(group ?? '')) return true;
  const names = resources.map((resource) => `${group}/${resource}`);
  return names.some((name) =>
    /^(admissionregistration\.k8s\.io\/(validating|mutating)admissionpolic(y|ie)(s|bindings)|resource\.k8s\.io\/resourceclaims)$/.test(
      name,
    ),
  );
}

function readsPath(uri: string): boolean {
  const parts = uri.split(/[/?]/).slice(0, 16);
  return uri.startsWith('/apis/') && readsGroup(parts[2], parts.slice(4));
}

function receivedAt(value: Json): number {
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const times = [value.requestReceivedTimestamp, value.stageTimestamp, value.timestamp, metadata.creationTimestamp];
  return times.map(micros).find((time) => time > 0) ?? 0;
}

/** RFC 3339 and its near relations; Date does the calendar. */
function micros(value: unknown): number {
  if (typeof value === 'number') return epoch(value);
  if (typeof value !== 'string' || value.length > 64) return 0;
  const trimmed = value.trim();
  if (/^\d{9,19}(\.\d{1,9})?$/.test(trimmed)) return epoch(Number(trimmed));
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))? ?([Zz]|UTC|[+-]\d\d:?\d\d(?: UTC)?)?$/.exec(
    trimmed,
  );
  if (match === null) return 0;
  const [, date = '', hour, minute, second, fraction = '', zone = 'Z'] = match;
  const midnight = new Date(`${date}T00:00:00Z`);
  // Date takes February 30 for March 1 or 2.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return 0;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return 0;
  const [, sign, zoneHours, zoneMinutes] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [];
  const ahead = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const seconds = midnight.getTime() / 1000 + (Number(hour) * 60 + Number(minute) - ahead) * 60 + Number(second);
  const time = seconds * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
  return time > 0 && time <= Number.MAX_SAFE_INTEGER ? time : 0;
}

function epoch(value: number): number {
  const factor = value < 1e11 ? 1e6 : value < 1e14 ? 1e3 : value < 1e17 ? 1 : 1e-3;
  const time = Math.floor(value < 1e17 ? value * factor : value / 1e3);
  return time > 0 && time <= Number.MAX_SAFE_INTEGER ? time : 0;
}

function isObject(value: unknown): value is Json {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
}

function body(value: unknown): unknown {
  return isObject(value) || Array.isArray(value) ? value : undefined;
}
