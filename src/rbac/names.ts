// A subject -> the names of its objects and files. Readable where the subject's name allows it, and never shared by two
// subjects, however long or odd their names are.
import { createHash } from 'node:crypto';
import { isDnsLabel, isDnsSubdomain } from './api-names.ts';
import type { Subject } from './subject.ts';

/** Names stay within what a label's value can hold, so that the name of a role can be one. */
const nameLength = 63;

/**
 * A digit, which hardly any word starts with, and 11 characters of base32: 58 bits of SHA-256, so that nobody is called
 * into another's name in passing.
 */
const hashLength = 12;
const hashedEnd = /-[2-9][a-z2-7]{11}$/;

/** Starts that belong to users and groups. A service account whose own name starts so gets a hash. */
const kindStart = { User: 'user-', Group: 'group-', ServiceAccount: '' } as const;

/** Names that no file can have on Windows, with whatever extension. */
const deviceName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

export interface NameParts {
  /** Stands before everything: a DNS label of at most 20 characters, chosen by the program. */
  readonly prefix: string;
  readonly subject: Subject;
  /** Where the object lies; absent for cluster-scoped objects. A service account's own namespace is left out of the name. */
  readonly namespace?: string;
  /** Sets several objects of one subject and place apart: any text; it enters the hash alone. */
  readonly discriminator?: string;
}

/**
 * The name of an object: a DNS-1123 subdomain of at most 63 characters. `audicia-backend` for the service account in its
 * own namespace, `audicia-my-team.backend` elsewhere, `audicia-user-alice`, `audicia-group-devs`. A name that would have to
 * be changed or cut, or that could be mistaken for another subject's, ends in a hash of the whole subject. Depends on
 * nothing but its arguments.
 */
export function objectName(parts: NameParts): string {
  const { prefix, subject, namespace = '', discriminator = '' } = parts;
  const room = nameLength - prefix.length - 1;
  return `${prefix}-${subjectSlug(subject, namespace, discriminator, room)}`;
}

/**
 * The file of a subject's manifests within the folder of the namespace it is filed under: `backend-rbac.yaml`. Lower-case
 * letters, digits, `-` and `.` only, so that it names one file on every file system and leads to no other folder.
 */
export function fileName(subject: Subject, namespace: string): string {
  return `${subjectSlug(subject, namespace, '', nameLength)}-rbac.yaml`;
}

/** The folder of a namespace: its name, or a safe one with a hash where the text is no namespace's name (or a device's). */
export function directoryName(namespace: string): string {
  if (isNamespaceName(namespace) && !deviceName.test(namespace) && !hashedEnd.test(namespace)) return namespace;
  return withHash(namespace, 'namespace', ['directory', namespace], nameLength);
}

/** Whether a namespace can be called so (a DNS-1123 label): text in a log may be anything. */
export function isNamespaceName(value: string): boolean {
  return isDnsLabel(value);
}

function subjectSlug(subject: Subject, namespace: string, discriminator: string, room: number): string {
  const readable = readableSlug(subject, namespace);
  if (discriminator === '' && readable.length <= room && isPlain(subject, namespace, readable)) return readable;
  const home = subject.kind === 'ServiceAccount' ? subject.namespace : '';
  const identity = [subject.kind, home, subject.name, discriminator];
  return withHash(readable, subject.kind.toLowerCase(), identity, room);
}

function readableSlug(subject: Subject, namespace: string): string {
  if (subject.kind !== 'ServiceAccount') return `${kindStart[subject.kind]}${subject.name}`;
  return subject.namespace === namespace ? subject.name : `${subject.namespace}.${subject.name}`;
}

/**
 * Whether the slug can stand as it is. The plain slugs of any two subjects differ: those of users and groups start with
 * their kind; of service accounts those at home have no dot, the others end their namespace at the first dot; and none
 * looks as if it ended in a hash.
 */
function isPlain(subject: Subject, namespace: string, slug: string): boolean {
  if (!isDnsSubdomain(slug) || hashedEnd.test(slug)) return false;
  if (subject.kind !== 'ServiceAccount') return true;
  if (slug.startsWith(kindStart.User) || slug.startsWith(kindStart.Group)) return false;
  return subject.namespace === namespace ? isDnsLabel(slug) : isDnsLabel(subject.namespace);
}

/** A start that can be read, without dots (`con.x` would be a device on Windows), and the hash of what it stands for. */
function withHash(readable: string, fallback: string, identity: readonly string[], room: number): string {
  // Cut before anything else reads it: the name may be megabytes long.
  const start = readable
    .slice(0, nameLength)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, room - hashLength - 1)
    .replace(/^-|-$/g, '');
  return `${start || fallback}-${hashOf(identity)}`;
}

function hashOf(identity: readonly string[]): string {
  // JSON keeps the parts apart; a lone surrogate would be lost on the way to UTF-8, but JSON escapes it.
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest();
  let hash = String(2 + ((digest[0] as number) & 7));
  for (const byte of digest.subarray(1, hashLength)) hash += 'abcdefghijklmnopqrstuvwxyz234567'[byte & 31];
  return hash;
}
