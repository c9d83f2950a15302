// One line -> the fields of an audit event. They are taken in the order in which the API server writes them, each told by
// comparing its key with the one expected next; after the first surprise the rest are taken in any order. Everything that
// is not plainly right (see `commit`) is left to the exact path, which reads the line with JSON.parse.
import { clearAnnotations, readAnnotations } from './annotations';
import { LONGEST_AUDIT_ID } from './classes';
import { clearObjects, readObjectRef, readRequestObject, readResponseObject } from './objects';
import { clearStatus, readStatus } from './status';
import { QUOTE, isAscii, plainEnd, same16, same32, same64, shortPlainEnd } from './text';
import {
  tAnnotations,
  tApiVersion,
  tAuditId,
  tAuthentication,
  tEvent,
  tImpersonated,
  tKind,
  tLevel,
  tMetadata,
  tObjectRef,
  tOpen,
  tPanic,
  tReceived,
  tRequest,
  tRequestObject,
  tRequestReceived,
  tRequestResponse,
  tRequestUri,
  tResponseComplete,
  tResponseObject,
  tResponseStarted,
  tResponseStatus,
  tSourceIps,
  tStage,
  tStageTimestamp,
  tUser,
  tUserAgent,
  tV1,
  tV1Beta1,
  tVerb,
} from './texts';
import { readTimestamp } from './time';
import { clearUri, readUri } from './uri';
import { clearUsers, readAuthentication, readImpersonated, readUser, readUserAgent } from './users';
import { skipValue } from './validate';

// Fields that have been seen.
const KIND: u32 = 1;
const API_VERSION: u32 = 2;
const LEVEL: u32 = 4;
const AUDIT_ID: u32 = 8;
const STAGE: u32 = 16;
const REQUEST_URI: u32 = 32;
const VERB: u32 = 64;
const USER: u32 = 128;
const RECEIVED: u32 = 256;
const NEEDED: u32 = 511;
const IMPERSONATED: u32 = 512;
const AUTHENTICATION: u32 = 1024;
const USER_AGENT: u32 = 2048;
const OBJECT_REF: u32 = 4096;
const RESPONSE_STATUS: u32 = 8192;
const REQUEST_OBJECT: u32 = 16384;
const RESPONSE_OBJECT: u32 = 32768;
const ANNOTATIONS: u32 = 65536;

export const RECEIVED_STAGE: u32 = 1;

let seen: u32 = 0;
export let level: u32 = 0;
export let stage: u32 = 0;
export let auditId: usize = 0;
export let auditIdLength: u32 = 0;
export let verbAt: usize = 0;
export let verbLength: u32 = 0;
/** The verb's bytes, padded with zeros. */
export let verbLow: u64 = 0;
export let verbHigh: u64 = 0;
export let micros: i64 = 0;

/** Whether no field is missing that every event has. */
export function isComplete(): bool {
  return (seen & NEEDED) == NEEDED;
}

export function hasBodies(): bool {
  return (seen & (REQUEST_OBJECT | RESPONSE_OBJECT)) != 0;
}

/** Reads the event at `p`. The byte after its closing brace; 0 when the line needs the exact path. */
export function readEvent(p: usize): usize {
  clearUri();
  clearUsers();
  clearStatus();
  clearObjects();
  clearAnnotations();
  if (!same64(p, tOpen, 56)) {
    seen = 0;
    return load<u8>(p) == 0x7b ? readFields(p + 1) : 0;
  }
  seen = KIND | API_VERSION | LEVEL;
  p = readLevel(p + 56);
  if (p == 0) return 0;
  if (same16(p, tAuditId, 12)) {
    seen |= AUDIT_ID;
    p = readAuditId(p + 12);
    if (p == 0) return 0;
  }
  if (same16(p, tStage, 10)) {
    seen |= STAGE;
    p = readStage(p + 10);
    if (p == 0) return 0;
  }
  if (same16(p, tRequestUri, 15)) {
    seen |= REQUEST_URI;
    p = readUri(p + 15);
    if (p == 0) return 0;
  }
  if (same16(p, tVerb, 9)) {
    seen |= VERB;
    p = readVerb(p + 9);
    if (p == 0) return 0;
  }
  if (same16(p, tUser, 9)) {
    seen |= USER;
    p = readUser(p + 8);
    if (p == 0) return 0;
  }
  if (same32(p, tImpersonated, 21)) {
    seen |= IMPERSONATED;
    p = readImpersonated(p + 20);
    if (p == 0) return 0;
  }
  if (same32(p, tAuthentication, 27)) {
    seen |= AUTHENTICATION;
    p = readAuthentication(p + 26);
    if (p == 0) return 0;
  }
  if (same16(p, tSourceIps, 14)) {
    p = skipAddresses(p + 13);
    if (p == 0) return 0;
  }
  if (same16(p, tUserAgent, 14)) {
    seen |= USER_AGENT;
    p = readUserAgent(p + 13);
    if (p == 0) return 0;
  }
  if (same16(p, tObjectRef, 14)) {
    seen |= OBJECT_REF;
    p = readObjectRef(p + 13);
    if (p == 0) return 0;
  }
  if (same32(p, tResponseStatus, 19)) {
    seen |= RESPONSE_STATUS;
    p = readStatus(p + 18);
    if (p == 0) return 0;
  }
  if (same32(p, tRequestObject, 17)) {
    seen |= REQUEST_OBJECT;
    p = readRequestObject(p + 17);
    if (p == 0) return 0;
  }
  if (same32(p, tResponseObject, 18)) {
    seen |= RESPONSE_OBJECT;
    p = readResponseObject(p + 18);
    if (p == 0) return 0;
  }
  if (same32(p, tReceived, 29)) {
    seen |= RECEIVED;
    p = readReceived(p + 29);
    if (p == 0) return 0;
  }
  if (same32(p, tStageTimestamp, 19)) {
    p = plainEnd(p + 19);
    if (p == 0) return 0;
    p++;
  }
  if (same16(p, tAnnotations, 16)) {
    seen |= ANNOTATIONS;
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
      if (same16(key, tUser + 2, 5)) return fresh(USER) ? readUser(p) : 0;
      break;
    case 5:
      if (same16(key, tLevel, 6)) return fresh(LEVEL) && isText ? readLevel(p + 1) : 0;
      if (same16(key, tStage + 2, 6)) return fresh(STAGE) && isText ? readStage(p + 1) : 0;
      break;
    case 7:
      if (same16(key, tAuditId + 2, 8)) return fresh(AUDIT_ID) && isText ? readAuditId(p + 1) : 0;
      break;
    case 9:
      if (same16(key, tUserAgent + 2, 10)) return fresh(USER_AGENT) && isText ? readUserAgent(p) : 0;
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
      if (same32(key, tImpersonated + 2, 17)) return fresh(IMPERSONATED) ? readImpersonated(p) : 0;
      break;
    case 22:
      if (same32(key, tAuthentication + 2, 23)) return fresh(AUTHENTICATION) ? readAuthentication(p) : 0;
      break;
    case 24:
      if (same32(key, tReceived + 2, 25)) return fresh(RECEIVED) && isText ? readReceived(p + 1) : 0;
      break;
  }
  return skipValue(p);
}

/** Notes the field; false when it has been seen before in this line: of two, JSON.parse takes the last. */
function fresh(field: u32): bool {
  if ((seen & field) != 0) return false;
  seen |= field;
  return true;
}

function readKind(p: usize): usize {
  return same16(p, tEvent, 7) ? p + 7 : 0;
}

function readApiVersion(p: usize): usize {
  if (same32(p, tV1, 17)) return p + 17;
  return same32(p, tV1Beta1, 22) ? p + 22 : 0;
}

function readLevel(p: usize): usize {
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

/** sourceIPs is not reported: mostly one address. */
function skipAddresses(p: usize): usize {
  if (load<u16>(p) == 0x225b) {
    const end = shortPlainEnd(p + 2);
    if (end != 0 && load<u16>(end) == 0x5d22) return end + 2;
  }
  return skipValue(p);
}

function readReceived(p: usize): usize {
  micros = readTimestamp(p);
  return micros < 0 ? 0 : p + 28;
}
