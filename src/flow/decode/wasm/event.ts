// One line -> the parts of an audit event. Fields are taken in the order in which the API server writes them, each told by
// comparing its key with the one expected next; after the first surprise the rest are taken in any order. Everything that
// is not plainly right (see `commit`) is left to the exact path, which reads the line with JSON.parse.
import { EXAMINED, UNSAFE_DELETE, bodyFlags, bodyOwners, remember, resembles } from './bodies';
import { LONGEST_AUDIT_ID, hasRoom, wait } from './classes';
import { LONGEST_URI, MAX_KEYS, keys, texts } from './layout';
import {
  canonicalOf,
  ENTRY_HEAD,
  identityOf,
  intern,
  partLength,
  recognise,
  setCanonical,
  setFull,
  setIdentity,
} from './parts';
import {
  BACKSLASH,
  QUOTE,
  findSpecialOr,
  finish,
  hashBytes,
  isAscii,
  mix,
  plainEnd,
  same16,
  same32,
  same64,
  shortPlainEnd,
} from './text';
import { day, noteMinute, readTimestamp } from './time';
import { keyCount, skipBody, skipRecorded, skipValue } from './validate';

// Kinds of parts; scanner.ts knows them too.
const USER: u32 = 1;
const IMPERSONATED: u32 = 2;
const AUTHENTICATION: u32 = 3;
const PATH: u32 = 4;
const URI: u32 = 5;
const USER_AGENT: u32 = 6;
const REASON: u32 = 7;
const ADMIT_POLICY: u32 = 8;
const MESSAGE: u32 = 9;
const OWNERS: u32 = 10;
const PLAIN_USER: u32 = 11;

// Fields that have been seen.
const KIND: u32 = 1;
const API_VERSION: u32 = 2;
const LEVEL: u32 = 4;
const AUDIT_ID: u32 = 8;
const STAGE: u32 = 16;
const REQUEST_URI: u32 = 32;
const VERB: u32 = 64;
const USER_SEEN: u32 = 128;
const RECEIVED: u32 = 256;
const NEEDED: u32 = 511;
const IMPERSONATED_SEEN: u32 = 512;
const AUTHENTICATION_SEEN: u32 = 1024;
const USER_AGENT_SEEN: u32 = 2048;
const OBJECT_REF: u32 = 4096;
const RESPONSE_STATUS: u32 = 8192;
const REQUEST_OBJECT: u32 = 16384;
const RESPONSE_OBJECT: u32 = 32768;
const ANNOTATIONS: u32 = 65536;
const DECISION: u32 = 131072;
const REASON_SEEN: u32 = 262144;
const ADMIT_SEEN: u32 = 524288;

const ALLOW: u32 = 1;
const FORBID: u32 = 2;
const RECEIVED_STAGE: u32 = 1;

let seen: u32 = 0;
let level: u32 = 0;
let stage: u32 = 0;
let auditId: usize = 0;
let auditIdLength: u32 = 0;
let uriAt: usize = 0;
let uriMark: usize = 0; // where the path ends
let pathHash: u64 = 0;
let uriEnd: usize = 0; // where what decides ends
let verbAt: usize = 0;
let verbLength: u32 = 0;
let verbLow: u64 = 0;
let verbHigh: u64 = 0;
let user: u32 = 0;
let impersonated: u32 = 0;
let authentication: u32 = 0;
let userAgent: u32 = 0;
let objectRefAt: usize = 0;
let objectRefEnd: usize = 0;
let code: u32 = 0;
let messageAt: usize = 0;
let ownersAt: usize = 0; // 0: none
let asksUnsafeDelete: bool = false;
let micros: i64 = 0;
let decision: u32 = 0;
let reason: u32 = 0;
let admitPolicy: u32 = 0;

let textTop: usize = 0;

/** Puts an ASCII text where it can be compared with; `length` is the length the code relies on. */
function text(value: string, length: i32): usize {
  if (value.length != length) unreachable();
  const at = textTop;
  for (let i = 0; i < length; i++) store<u8>(at + i, <u8>value.charCodeAt(i));
  textTop += <usize>(length + 31) & ~(<usize>15);
  return at;
}

let tOpen: usize = 0;
let tAuditId: usize = 0;
let tStage: usize = 0;
let tRequestUri: usize = 0;
let tVerb: usize = 0;
let tUser: usize = 0;
let tImpersonated: usize = 0;
let tAuthentication: usize = 0;
let tSourceIps: usize = 0;
let tUserAgent: usize = 0;
let tObjectRef: usize = 0;
let tResponseStatus: usize = 0;
let tRequestObject: usize = 0;
let tResponseObject: usize = 0;
let tReceived: usize = 0;
let tStageTimestamp: usize = 0;
let tAnnotations: usize = 0;
let tLevel: usize = 0;
let tKind: usize = 0;
let tApiVersion: usize = 0;
let tEvent: usize = 0;
let tV1: usize = 0;
let tV1Beta1: usize = 0;
let tMetadata: usize = 0;
let tRequest: usize = 0;
let tRequestResponse: usize = 0;
let tRequestReceived: usize = 0;
let tResponseStarted: usize = 0;
let tResponseComplete: usize = 0;
let tPanic: usize = 0;
let tStatus: usize = 0;
let tDecision: usize = 0;
let tReason: usize = 0;
let tAdmitPolicy: usize = 0;
let tAllow: usize = 0;
let tForbid: usize = 0;
let tUsername: usize = 0;
let tExtra: usize = 0;
let tCode: usize = 0;
let tMessage: usize = 0;
let tMetadataKey: usize = 0;
let tIgnoreStore: usize = 0;
let tOwnerReferences: usize = 0;
let tFieldSelector: usize = 0;
let tAmpersand: usize = 0;
let tCreate: usize = 0;
let tUpdate: usize = 0;
let tPatch: usize = 0;
let tDelete: usize = 0;
let tDeleteCollection: usize = 0;
let tGroups: usize = 0;
let tWatch: usize = 0;
let tProxy: usize = 0;

/** Lays out the texts that are compared with. */
export function writeTexts(): void {
  textTop = texts;
  tOpen = text('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"', 56);
  tKind = text('kind":', 6);
  tApiVersion = text('apiVersion":', 12);
  tLevel = text('level":', 7);
  tAuditId = text(',"auditID":"', 12);
  tStage = text(',"stage":"', 10);
  tRequestUri = text(',"requestURI":"', 15);
  tVerb = text(',"verb":"', 9);
  tUser = text(',"user":{', 9);
  tImpersonated = text(',"impersonatedUser":{', 21);
  tAuthentication = text(',"authenticationMetadata":{', 27);
  tSourceIps = text(',"sourceIPs":[', 14);
  tUserAgent = text(',"userAgent":"', 14);
  tObjectRef = text(',"objectRef":{', 14);
  tResponseStatus = text(',"responseStatus":{', 19);
  tRequestObject = text(',"requestObject":', 17);
  tResponseObject = text(',"responseObject":', 18);
  tReceived = text(',"requestReceivedTimestamp":"', 29);
  tStageTimestamp = text(',"stageTimestamp":"', 19);
  tAnnotations = text(',"annotations":{', 16);
  tEvent = text('"Event"', 7);
  tV1 = text('"audit.k8s.io/v1"', 17);
  tV1Beta1 = text('"audit.k8s.io/v1beta1"', 22);
  tMetadata = text('Metadata"', 9);
  tRequest = text('Request"', 8);
  tRequestResponse = text('RequestResponse"', 16);
  tRequestReceived = text('RequestReceived"', 16);
  tResponseStarted = text('ResponseStarted"', 16);
  tResponseComplete = text('ResponseComplete"', 17);
  tPanic = text('Panic"', 6);
  tStatus = text('{"metadata":{},"code":', 22);
  tDecision = text('"authorization.k8s.io/decision":"', 33);
  tReason = text('"authorization.k8s.io/reason":"', 31);
  tAdmitPolicy = text('"podsecuritypolicy.policy.k8s.io/admit-policy":"', 48);
  tAllow = text('allow"', 6);
  tForbid = text('forbid"', 7);
  tUsername = text('username":"', 11);
  tExtra = text('extra":', 7);
  tCode = text('code":', 6);
  tMessage = text('message":', 9);
  tMetadataKey = text('metadata":', 10);
  tIgnoreStore = text('ignoreStore', 11);
  tOwnerReferences = text('ownerReferences":', 17);
  tFieldSelector = text('fieligno', 8);
  tAmpersand = text('\\u0026', 6);
  tCreate = text('create', 6);
  tUpdate = text('update', 6);
  tPatch = text('patch', 5);
  tDelete = text('delete', 6);
  tDeleteCollection = text('deletecollection', 16);
  tWatch = text('watch', 5);
  tProxy = text('proxy', 5);
  // The ends of the groups whose bodies are read (reads-bodies.ts); more than those is harmless.
  tGroups = text('rizationticationificatesstrationresource.k8s', 44);
}

/** Reads the event at `p`. The byte after its closing brace; 0 when the line needs the exact path. */
export function readEvent(p: usize): usize {
  impersonated = 0;
  authentication = 0;
  userAgent = 0;
  objectRefAt = 0;
  code = 0;
  messageAt = 0;
  ownersAt = 0;
  pathHash = 0;
  asksUnsafeDelete = false;
  decision = 0;
  reason = 0;
  admitPolicy = 0;
  user = 0;
  if (!same64(p, tOpen, 56)) {
    seen = 0;
    return load<u8>(p) == 0x7b ? readFields(p + 1) : 0;
  }
  seen = KIND | API_VERSION;
  p = readLevel(p + 56);
  if (p == 0) return 0;
  if (same16(p, tAuditId, 12)) {
    p = readAuditId(p + 12);
    if (p == 0) return 0;
  }
  if (same16(p, tStage, 10)) {
    p = readStage(p + 10);
    if (p == 0) return 0;
  }
  if (same16(p, tRequestUri, 15)) {
    p = readUri(p + 15);
    if (p == 0) return 0;
  }
  if (same16(p, tVerb, 9)) {
    p = readVerb(p + 9);
    if (p == 0) return 0;
  }
  if (same16(p, tUser, 9)) {
    p = readUser(p + 8);
    if (p == 0) return 0;
  }
  if (same32(p, tImpersonated, 21)) {
    p = readImpersonated(p + 20);
    if (p == 0) return 0;
  }
  if (same32(p, tAuthentication, 27)) {
    p = readAuthentication(p + 26);
    if (p == 0) return 0;
  }
  if (same16(p, tSourceIps, 14)) {
    p = skipAddresses(p + 13);
    if (p == 0) return 0;
  }
  if (same16(p, tUserAgent, 14)) {
    p = readUserAgent(p + 13);
    if (p == 0) return 0;
  }
  if (same16(p, tObjectRef, 14)) {
    p = readObjectRef(p + 13);
    if (p == 0) return 0;
  }
  if (same32(p, tResponseStatus, 19)) {
    p = readStatus(p + 18);
    if (p == 0) return 0;
  }
  if (same32(p, tRequestObject, 17)) {
    p = readRequestObject(p + 17);
    if (p == 0) return 0;
  }
  if (same32(p, tResponseObject, 18)) {
    p = readResponseObject(p + 18);
    if (p == 0) return 0;
  }
  if (same32(p, tReceived, 29)) {
    p = readReceived(p + 29);
    if (p == 0) return 0;
  }
  if (same32(p, tStageTimestamp, 19)) {
    p = plainEnd(p + 19);
    if (p == 0) return 0;
    p++;
  }
  if (same16(p, tAnnotations, 16)) {
    p = readAnnotations(p + 15);
    if (p == 0) return 0;
  }
  const c = load<u8>(p);
  if (c == 0x7d) return p + 1;
  return c == 0x2c ? readFields(p + 1) : 0;
}

/** Reads fields in any order, up to the closing brace. `p` is at the first of them. */
function readFields(p: usize): usize {
  while (true) {
    if (load<u8>(p) != QUOTE) return 0;
    const key = p + 1;
    const end = plainEnd(key);
    if (end == 0 || load<u8>(end, 1) != 0x3a) return 0;
    p = readField(key, <u32>(end - key), end + 2);
    if (p == 0) return 0;
    const c = load<u8>(p);
    if (c == 0x7d) return p + 1;
    if (c != 0x2c) return 0;
    p++;
  }
}

/** Reads the field of this key (`length` bytes at `key`), whose value is at `p`. Unknown ones are only validated. */
function readField(key: usize, length: u32, p: usize): usize {
  const isText = load<u8>(p) == QUOTE;
  switch (length) {
    case 4:
      if (same16(key, tKind, 5)) return fresh(KIND) ? readKind(p) : 0;
      if (same16(key, tVerb + 2, 5)) return fresh(VERB) && isText ? readVerb(p + 1) : 0;
      if (same16(key, tUser + 2, 5)) return fresh(USER_SEEN) ? readUser(p) : 0;
      break;
    case 5:
      if (same16(key, tLevel, 6)) return fresh(LEVEL) && isText ? readLevel(p + 1) : 0;
      if (same16(key, tStage + 2, 6)) return fresh(STAGE) && isText ? readStage(p + 1) : 0;
      break;
    case 7:
      if (same16(key, tAuditId + 2, 8)) return fresh(AUDIT_ID) && isText ? readAuditId(p + 1) : 0;
      break;
    case 9:
      if (same16(key, tUserAgent + 2, 10)) return fresh(USER_AGENT_SEEN) && isText ? readUserAgent(p) : 0;
      if (same16(key, tObjectRef + 2, 10)) return fresh(OBJECT_REF) ? readObjectRef(p) : 0;
      break;
    case 10:
      if (same16(key, tApiVersion, 11)) return fresh(API_VERSION) ? readApiVersion(p) : 0;
      if (same16(key, tRequestUri + 2, 11)) return fresh(REQUEST_URI) && isText ? readUri(p + 1) : 0;
      break;
    case 11:
      if (same16(key, tAnnotations + 2, 12)) return fresh(ANNOTATIONS) ? readAnnotations(p) : 0;
      break;
    case 13:
      if (same16(key, tRequestObject + 2, 14)) return fresh(REQUEST_OBJECT) ? readRequestObject(p) : 0;
      break;
    case 14:
      if (same16(key, tResponseStatus + 2, 15)) return fresh(RESPONSE_STATUS) ? readStatus(p) : 0;
      if (same16(key, tResponseObject + 2, 15)) return fresh(RESPONSE_OBJECT) ? readResponseObject(p) : 0;
      break;
    case 16:
      if (same32(key, tImpersonated + 2, 17)) return fresh(IMPERSONATED_SEEN) ? readImpersonated(p) : 0;
      break;
    case 22:
      if (same32(key, tAuthentication + 2, 23)) return fresh(AUTHENTICATION_SEEN) ? readAuthentication(p) : 0;
      break;
    case 24:
      if (same32(key, tReceived + 2, 25)) return fresh(RECEIVED) && isText ? readReceived(p + 1) : 0;
      break;
  }
  return skipValue(p);
}

/** Whether the field has not been seen before in this line: of two, JSON.parse takes the last. */
function fresh(field: u32): bool {
  return (seen & field) == 0;
}

function readKind(p: usize): usize {
  seen |= KIND;
  return same16(p, tEvent, 7) ? p + 7 : 0;
}

function readApiVersion(p: usize): usize {
  seen |= API_VERSION;
  if (same32(p, tV1, 17)) return p + 17;
  return same32(p, tV1Beta1, 22) ? p + 22 : 0;
}

function readLevel(p: usize): usize {
  seen |= LEVEL;
  if (same16(p, tMetadata, 9)) {
    level = 1;
    return p + 9;
  }
  if (same16(p, tRequestResponse, 16)) {
    level = 3;
    return p + 16;
  }
  level = 2;
  return same16(p, tRequest, 8) ? p + 8 : 0;
}

function readStage(p: usize): usize {
  seen |= STAGE;
  if (same32(p, tResponseComplete, 17)) {
    stage = 3;
    return p + 17;
  }
  if (same16(p, tRequestReceived, 16)) {
    stage = RECEIVED_STAGE;
    return p + 16;
  }
  if (same16(p, tResponseStarted, 16)) {
    stage = 2;
    return p + 16;
  }
  stage = 4;
  return same16(p, tPanic, 6) ? p + 6 : 0;
}

function readAuditId(p: usize): usize {
  const end = plainEnd(p);
  if (end == 0) return 0;
  seen |= AUDIT_ID;
  auditId = p;
  auditIdLength = <u32>(end - p);
  // Without one, nothing tells a copy from a repetition: the exact path counts each (decoder.ts).
  if (auditIdLength == 0) return 0;
  return auditIdLength <= LONGEST_AUDIT_ID && isAscii(p, end) ? end + 1 : 0;
}

function readVerb(p: usize): usize {
  const end = shortPlainEnd(p);
  if (end == 0) return 0;
  const length = <u32>(end - p);
  if (length > 16) return 0;
  seen |= VERB;
  verbAt = p;
  verbLength = length;
  verbLow = firstBytes(load<u64>(p), length);
  verbHigh = length > 8 ? firstBytes(load<u64>(p, 8), length - 8) : 0;
  return ((verbLow | verbHigh) & 0x8080808080808080) == 0 ? end + 1 : 0;
}

// @ts-ignore: decorator
@inline
function firstBytes(word: u64, count: u32): u64 {
  return count >= 8 ? word : word & (((<u64>1) << (count << 3)) - 1);
}

function readUri(p: usize): usize {
  seen |= REQUEST_URI;
  const mark = findSpecialOr(p, 0x3f);
  const c = <u32>load<u8>(mark);
  let end = mark;
  let keepsQuery = false;
  if (c == 0x3f) {
    let parameter = mark + 1;
    while (true) {
      if (mayMatter(parameter)) keepsQuery = true;
      end = findSpecialOr(parameter, 0x26);
      const d = <u32>load<u8>(end);
      if (d == QUOTE) break;
      if (d == 0x26) {
        parameter = end + 1;
      } else if (d == BACKSLASH) {
        if (!same16(end, tAmpersand, 6)) return 0;
        parameter = end + 6;
      } else {
        return 0;
      }
    }
  } else if (c != QUOTE) {
    return 0;
  }
  uriAt = p;
  uriMark = mark;
  uriEnd = keepsQuery ? end : mark;
  if (mark == p || <u32>(uriEnd - p) > LONGEST_URI || !isReadable(p, mark)) return 0;
  pathHash = hashBytes(p, <u32>(mark - p));
  return end + 1;
}

/**
 * Whether the query parameter at `p` may be one that decides something (relevant-uri.ts): it begins like
 * `fieldSelector` or `ignoreStoreRead…`, or has an escape early in its key.
 */
// @ts-ignore: decorator
@inline
function mayMatter(p: usize): bool {
  const word = load<u32>(p);
  if (word == load<u32>(tFieldSelector) || word == load<u32>(tFieldSelector, 4)) return true;
  const start = v128.load(p);
  const escapes = <u32>i8x16.bitmask(i8x16.eq(start, i8x16.splat(0x25)));
  if (escapes == 0) return false;
  const equals = <u32>i8x16.bitmask(i8x16.eq(start, i8x16.splat(0x3d)));
  // Up to the first `=`.
  return (escapes & ((equals & (0 - equals)) - 1)) != 0;
}

/**
 * Whether a path is plain ASCII, and attribution can surely read it. Where it cannot, it falls back on objectRef, which is
 * not kept here: at an escape, and at `watch` or `proxy` without anything behind it.
 */
function isReadable(p: usize, end: usize): bool {
  for (let at = p; at < end; at += 16) {
    const v = v128.load(at);
    const odd = <u32>i8x16.bitmask(v128.or(v, i8x16.eq(v, i8x16.splat(0x25))));
    if (odd != 0 && at + <usize>ctz(odd) < end) return false;
  }
  const tail = load<u32>(end - 4);
  if (tail != load<u32>(tWatch, 1) && tail != load<u32>(tProxy, 1) && load<u8>(end - 1) != 0x2f) return true;
  let segments = 0;
  let last: usize = 0;
  let previous: u32 = 0x2f;
  for (let at = p; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (previous == 0x2f && c != 0x2f) {
      segments++;
      last = at;
    }
    previous = c;
  }
  return segments > 4 || last == 0 || !(same16(last, tWatch, 5) || same16(last, tProxy, 5));
}

/** Whether the text may name an API group whose bodies are read. */
function namesReadGroup(p: usize, end: usize): bool {
  const dotK8s = load<u32>(tGroups, 40);
  for (let at = p; at < end; at += 16) {
    const v = v128.load(at);
    const found = v128.or(i8x16.eq(v, i8x16.splat(0x2e)), i8x16.eq(v, i8x16.splat(0x5c)));
    for (let dots = <u32>i8x16.bitmask(found); dots != 0; dots &= dots - 1) {
      const dot = at + <usize>ctz(dots);
      if (dot >= end) break;
      if (load<u8>(dot) == BACKSLASH) return true;
      if (load<u32>(dot) != dotK8s || dot < p + 8) continue;
      const before = load<u64>(dot - 8);
      if (before == load<u64>(tGroups) || before == load<u64>(tGroups, 8)) return true;
      if (before == load<u64>(tGroups, 16) || before == load<u64>(tGroups, 24)) return true;
      if (before == load<u64>(tGroups, 32)) return true;
    }
  }
  return false;
}

function readUser(p: usize): usize {
  seen |= USER_SEEN;
  if (load<u8>(p) != 0x7b) return 0;
  user = recognise(USER, hashBytes(p + 13, 32), p);
  if (user == 0) return 0;
  if (canonicalOf(user) == 0 && !examineUser(user, true)) return 0;
  return p + <usize>partLength(user);
}

function readImpersonated(p: usize): usize {
  seen |= IMPERSONATED_SEEN;
  if (load<u8>(p) != 0x7b) return 0;
  impersonated = recognise(IMPERSONATED, hashBytes(p + 13, 32), p);
  if (impersonated == 0) return 0;
  if (canonicalOf(impersonated) == 0 && !examineUser(impersonated, false)) return 0;
  return p + <usize>partLength(impersonated);
}

/**
 * Finds the username of a new user. Its `extra` holds what differs in every token and is not reported, so where it comes
 * last, users that differ in nothing else are one.
 */
function examineUser(entry: u32, dropsExtra: bool): bool {
  const at = <usize>(entry + ENTRY_HEAD);
  if (skipRecorded(at) == 0 || keyCount == 0 || keyCount > MAX_KEYS) return false;
  let found = false;
  let last: usize = 0;
  for (let i: u32 = 0; i < keyCount; i++) {
    last = <usize>load<u32>(keys + ((<usize>i) << 2));
    const end = plainEnd(last);
    if (end == 0) return false;
    if (!same16(last, tUsername, 9)) continue;
    if (found || load<u8>(end, 2) != QUOTE) return false;
    const nameEnd = plainEnd(end + 3);
    if (nameEnd == 0 || !isAscii(end + 3, nameEnd)) return false;
    setIdentity(entry, hashBytes(end + 3, <u32>(nameEnd - end - 3)));
    found = true;
  }
  if (!found) return false;
  const endsWithExtra = dropsExtra && keyCount > 1 && same16(last, tExtra, 6);
  // Without the closing brace, or without `,"extra":{…}}`.
  const plain = dropsExtra
    ? intern(PLAIN_USER, at, endsWithExtra ? last - 2 : at + <usize>partLength(entry) - 1)
    : entry;
  setCanonical(entry, plain);
  return plain != 0;
}

function readAuthentication(p: usize): usize {
  seen |= AUTHENTICATION_SEEN;
  if (load<u8>(p) != 0x7b) return 0;
  authentication = recognise(AUTHENTICATION, 0, p);
  return authentication == 0 ? 0 : p + <usize>partLength(authentication);
}

/** sourceIPs is not reported: mostly one address. */
function skipAddresses(p: usize): usize {
  if (load<u16>(p) == 0x225b) {
    const end = shortPlainEnd(p + 2);
    if (end != 0 && load<u16>(end) == 0x5d22) return end + 2;
  }
  return skipValue(p);
}

function readUserAgent(p: usize): usize {
  seen |= USER_AGENT_SEEN;
  userAgent = recognise(USER_AGENT, <u64>user, p);
  return userAgent == 0 ? 0 : p + <usize>partLength(userAgent);
}

function readObjectRef(p: usize): usize {
  seen |= OBJECT_REF;
  objectRefAt = p;
  objectRefEnd = skipValue(p);
  return objectRefEnd;
}

function readStatus(p: usize): usize {
  seen |= RESPONSE_STATUS;
  if (same32(p, tStatus, 22)) {
    const end = readCode(p + 22);
    if (end == 0) return 0;
    if (load<u8>(end) == 0x7d) return end + 1;
    code = 0;
  }
  if (load<u8>(p) != 0x7b) return 0;
  const end = skipRecorded(p);
  if (end == 0 || keyCount > MAX_KEYS) return 0;
  let hasCode = false;
  for (let i: u32 = 0; i < keyCount; i++) {
    const key = <usize>load<u32>(keys + ((<usize>i) << 2));
    const keyEnd = plainEnd(key);
    if (keyEnd == 0) return 0;
    if (same16(key, tCode, 5)) {
      if (hasCode || readCode(keyEnd + 2) == 0) return 0;
      hasCode = true;
    } else if (same16(key, tMessage, 8)) {
      if (messageAt != 0 || load<u8>(keyEnd, 2) != QUOTE) return 0;
      messageAt = keyEnd + 2;
    }
  }
  return end;
}

/** A whole number of up to three digits, and what may follow it. */
function readCode(p: usize): usize {
  let value = <u32>load<u8>(p) - 0x30;
  if (value > 9) return 0;
  let end = p + 1;
  if (value != 0) {
    for (let i = 0; i < 2; i++) {
      const digit = <u32>load<u8>(end) - 0x30;
      if (digit > 9) break;
      value = value * 10 + digit;
      end++;
    }
  }
  const c = load<u8>(end);
  if (c != 0x2c && c != 0x7d) return 0;
  code = value;
  return end;
}

/** Finds owners, and options of an unsafe delete. */
function readRequestObject(p: usize): usize {
  seen |= REQUEST_OBJECT;
  if (load<u8>(p) != 0x7b) return skipValue(p);
  const end = resembles(p, pathHash, EXAMINED);
  if (end == 0) return examineRequestObject(p);
  ownersAt = bodyOwners;
  asksUnsafeDelete = (bodyFlags & UNSAFE_DELETE) != 0;
  return end;
}

function examineRequestObject(p: usize): usize {
  const end = skipBody(p);
  if (end == 0 || keyCount > MAX_KEYS) return 0;
  let metadata: usize = 0;
  for (let i: u32 = 0; i < keyCount; i++) {
    const key = <usize>load<u32>(keys + ((<usize>i) << 2));
    if (plainEnd(key) == 0) return 0;
    if (same16(key, tMetadataKey, 10)) {
      if (metadata != 0) return 0;
      metadata = key + 10;
    } else if (same16(key, tIgnoreStore, 11)) {
      asksUnsafeDelete = true;
    }
  }
  if (metadata != 0 && !findOwners(metadata)) return 0;
  remember(p, end, asksUnsafeDelete ? EXAMINED | UNSAFE_DELETE : EXAMINED, ownersAt);
  return end;
}

/** Finds metadata.ownerReferences, if it is an array; false when it is not certain. */
function findOwners(p: usize): bool {
  if (load<u8>(p) != 0x7b) return true;
  if (skipRecorded(p) == 0 || keyCount > MAX_KEYS) return false;
  let value: usize = 0;
  for (let i: u32 = 0; i < keyCount; i++) {
    const key = <usize>load<u32>(keys + ((<usize>i) << 2));
    if (plainEnd(key) == 0) return false;
    if (!same32(key, tOwnerReferences, 17)) continue;
    if (value != 0) return false;
    value = key + 17;
  }
  if (value != 0 && load<u8>(value) == 0x5b) ownersAt = value;
  return true;
}

function readResponseObject(p: usize): usize {
  seen |= RESPONSE_OBJECT;
  if (load<u8>(p) != 0x7b) return skipValue(p);
  const known = resembles(p, pathHash + 1, 0);
  if (known != 0) return known;
  const end = skipBody(p);
  if (end != 0) remember(p, end, 0, 0);
  return end;
}

function readReceived(p: usize): usize {
  seen |= RECEIVED;
  micros = readTimestamp(p);
  return micros < 0 ? 0 : p + 28;
}

function readAnnotations(p: usize): usize {
  seen |= ANNOTATIONS;
  if (load<u8>(p) != 0x7b) return 0;
  p++;
  if (load<u8>(p) == 0x7d) return p + 1;
  while (true) {
    p = readAnnotation(p);
    if (p == 0) return 0;
    const c = load<u8>(p);
    if (c == 0x7d) return p + 1;
    if (c != 0x2c) return 0;
    p++;
  }
}

function readAnnotation(p: usize): usize {
  if (same64(p, tDecision, 33)) {
    if ((seen & DECISION) != 0) return 0;
    seen |= DECISION;
    return readDecision(p + 33);
  }
  if (same32(p, tReason, 31)) {
    if ((seen & REASON_SEEN) != 0) return 0;
    seen |= REASON_SEEN;
    p += 30;
    if (load<u16>(p) == 0x2222) return p + 2;
    reason = recognise(REASON, mix(<u64>user, load<u64>(p + 40)), p);
    return reason == 0 ? 0 : p + <usize>partLength(reason);
  }
  if (load<u8>(p) != QUOTE) return 0;
  const end = plainEnd(p + 1);
  if (end == 0 || load<u8>(end, 1) != 0x3a) return 0;
  // The known ones, with something else than text.
  if (same32(p, tDecision, 31) || same32(p, tReason, 29)) return 0;
  if (!same64(p, tAdmitPolicy, 46)) return skipValue(end + 2);
  if ((seen & ADMIT_SEEN) != 0 || load<u8>(end, 2) != QUOTE) return 0;
  seen |= ADMIT_SEEN;
  admitPolicy = recognise(ADMIT_POLICY, 0, end + 2);
  return admitPolicy == 0 ? 0 : end + 2 + <usize>partLength(admitPolicy);
}

function readDecision(p: usize): usize {
  if (same16(p, tAllow, 6)) {
    decision = ALLOW;
    return p + 6;
  }
  decision = FORBID;
  return same16(p, tForbid, 7) ? p + 7 : 0;
}

/** Counts the event that was read; false when it needs the exact path, or there is no room (`full`). */
export function commit(): bool {
  if ((seen & NEEDED) != NEEDED) return false;
  let owners: u32 = 0;
  if ((seen & (REQUEST_OBJECT | RESPONSE_OBJECT)) != 0) {
    if (isWrite()) {
      if (namesReadGroup(uriAt, uriMark)) return false;
      if (objectRefAt != 0 && namesReadGroup(objectRefAt, objectRefEnd)) return false;
      if (ownersAt != 0) {
        owners = recognise(OWNERS, 0, ownersAt);
        if (owners == 0) return false;
      }
    } else if (asksUnsafeDelete && isDelete()) {
      return false;
    }
  }
  let message: u32 = 0;
  if (code == 403 && decision == ALLOW && messageAt != 0) {
    message = recognise(MESSAGE, 0, messageAt);
    if (message == 0) return false;
  }
  if (!hasRoom()) {
    setFull();
    return false;
  }
  if (!noteMinute()) return false;
  const isPath = uriEnd == uriMark;
  const uriLength = <u32>(uriEnd - uriAt);
  wait(
    verbLow,
    verbHigh,
    <u64>canonicalOf(user) | ((<u64>impersonated) << 32),
    userAgent,
    <u64>reason | ((<u64>admitPolicy) << 32),
    <u64>message | ((<u64>owners) << 32),
    <u64>authentication | ((<u64>(<u32>day)) << 32),
    code | (decision << 16) | (level << 20) | (stage << 24),
    isPath ? PATH : URI,
    uriAt,
    uriLength,
    isPath ? pathHash : hashBytes(uriAt, uriLength),
    auditId,
    auditIdLength,
    stage == RECEIVED_STAGE ? 0 : requestHash(),
    micros,
  );
  return true;
}

function requestHash(): u64 {
  return combine(
    hashBytes(auditId, auditIdLength),
    hashBytes(verbAt, verbLength),
    pathHash,
    identityOf(impersonated != 0 ? impersonated : user),
  );
}

/** What identifies a request, beside its time; never 0. */
export function combine(auditIdHash: u64, verbHash: u64, pathHash: u64, usernameHash: u64): u64 {
  const hash = finish(mix(mix(mix(auditIdHash, verbHash), pathHash), usernameHash));
  return hash == 0 ? 1 : hash;
}

function isWrite(): bool {
  return verbHigh == 0 && (verbLow == load<u64>(tUpdate) || verbLow == load<u64>(tPatch) || verbLow == load<u64>(tCreate));
}

function isDelete(): bool {
  if (verbLow == load<u64>(tDelete)) return verbHigh == 0;
  return verbLow == load<u64>(tDeleteCollection) && verbHigh == load<u64>(tDeleteCollection, 8);
}
