// Which requests were counted already, so that stages, retried batches, a second copy of a file and an aggregated server's
// own log count each request once. The plain JavaScript of it, for decoding without the scanner.
import type { Micros, ObjectRef } from '../types.ts';
import type { DecodedEvent } from './event.ts';
import { pathOfUri } from './relevant-uri.ts';

/** Copies of one request carry the same time; a client that sends its own Audit-ID twice does not do it within a second. */
const sameRequestMicros = 1_000_000;

/** Requests remembered at most: the last half of this, or more. About 100 MB at its fullest. */
const mostRequests = 1 << 18;

/**
 * What identifies a request: auditID (clients can set it, so never alone), verb, path and effective user. `''` when the
 * feed has no auditID: then nothing tells a copy from a repetition, and every event counts. Fields are joined by NUL, which
 * none of them can hold in a real log.
 */
export function identityOf(decoded: DecodedEvent): string {
  const { verb, requestUri, objectRef, user, impersonatedUser } = decoded.event;
  if (decoded.auditId === '') return '';
  const username = impersonatedUser?.username ?? user.username;
  const target = requestUri === '' && objectRef !== undefined ? pathOfObject(objectRef) : pathOfUri(requestUri);
  return `${decoded.auditId}\u0000${verb}\u0000${target}\u0000${username}`;
}

/** Stands for the path where a feed carries none. */
function pathOfObject(ref: ObjectRef): string {
  return [ref.apiGroup, ref.resource, ref.subresource, ref.namespace, ref.name].join('/');
}

/** Remembers requests, the latest ones when there are too many. */
export class RequestIdentities {
  // Two generations: when the young one is full, the old one is forgotten.
  #young = new Map<string, Micros>();
  #old = new Map<string, Micros>();

  /** Enters a request; false when it had been entered before. One without an identity is always new. */
  enter(identity: string, receivedMicros: Micros): boolean {
    if (identity === '') return true;
    const before = this.#young.get(identity) ?? this.#old.get(identity);
    if (before !== undefined && Math.abs(before - receivedMicros) <= sameRequestMicros) return false;
    if (this.#young.size >= mostRequests / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(identity, receivedMicros);
    return true;
  }
}
