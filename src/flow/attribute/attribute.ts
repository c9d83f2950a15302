// One AuditEvent -> who did what, authorised how: the request's own permission for the effective user, what an
// impersonator needed before it, what lay behind it, and notes on everything that could not be told.
import { Memo } from '../../base/memo.ts';
import { isUrlPermission, type Permission } from '../../rbac/permission.ts';
import { type Subject, subjectOfUsername } from '../../rbac/subject.ts';
import type { Access, Attribution, AuditEvent, GrantingBinding, Note, NoteKind, UserInfo } from '../types.ts';
import { type Judgement, judge } from './decision.ts';
import { anonymousUser, groupsOf, hasLoggedGroups, mastersGroup, nodesGroup } from './groups.ts';
import { isSecondaryRefusal } from './hidden/create-on-update.ts';
import { nothing } from './hidden/hidden.ts';
import { hiddenRules } from './hidden/rules.ts';
import { impersonationPermissions } from './impersonation.ts';
import { permissionOfObjectRef } from './object-ref.ts';
import type { AttributeOptions } from './options.ts';
import { isByRbac, parseGrant } from './reason.ts';
import { attributesOfRequest } from './request.ts';

/** Who acts, in the authorizer's eyes. */
interface Actor {
  readonly subject: Subject;
  readonly groups: readonly string[];
  /** What is to be said of it whenever it acts. */
  readonly notes: readonly NoteKind[];
}

interface ReadRequest {
  readonly permission: Permission | undefined;
  readonly notes: readonly NoteKind[];
}

/** Distinct requests, and users, that are remembered: about 200 bytes each. */
const remembered = 1 << 16;
/** More than there are verbs of resources. */
const verbsPerUri = 16;

/**
 * Attributes events. The same event always gives the same attribution; equal users and requests give the same objects
 * within one Attributor, as far as it remembers them, so that they need not be compared field by field.
 */
export class Attributor {
  readonly #options: AttributeOptions;
  readonly #requests = new Memo<string, Map<string, ReadRequest>>(remembered, () => new Map());
  readonly #subjects = new Memo<string, Subject>(remembered, subjectOfUsername);
  readonly #actors = new WeakMap<UserInfo, Actor>();
  readonly #grants = new Memo<string, GrantingBinding | undefined>(remembered, parseGrant);

  constructor(options: AttributeOptions) {
    this.#options = options;
  }

  /** Attributes one event. Never throws, whatever the event holds. */
  attribute(event: AuditEvent): Attribution {
    const judgement = judge(event, this.#options);
    const request = this.#readRequest(event);
    const requestor = this.#actorOf(event.user);
    const impersonated = event.impersonatedUser?.username ? event.impersonatedUser : undefined;
    const effective = impersonated === undefined ? requestor : this.#actorOf(impersonated);
    const namespace = request.permission === undefined ? '' : namespaceOf(request.permission);
    const shared = { subject: effective?.subject, groups: effective?.groups ?? [], namespace };
    if (effective === undefined || event.stage === 'RequestReceived') {
      return { ...shared, accesses: [], notes: notesOf(effective?.subject, judgement.note), grantedBy: undefined };
    }

    const accesses: Access[] = [];
    const notes: Note[] = notesOf(effective.subject, judgement.note);
    if (impersonated !== undefined && requestor !== undefined) {
      const { subject, groups } = requestor;
      const passed = impersonationPermissions(impersonated, event.impersonationConstraint, request.permission);
      for (const permission of passed) accesses.push({ subject, groups, permission, verdict: 'allowed' });
      notes.push(...notesOf(subject, ...requestor.notes));
    }
    if (judgement.verdict === 'ignored') return { ...shared, accesses, notes, grantedBy: undefined };

    notes.push(...notesOf(effective.subject, ...request.notes, ...effective.notes));
    const judged = judgedRequest(event, effective, request.permission, judgement, this.#options);
    accesses.push(...judged.accesses);
    notes.push(...judged.notes);
    const grantedBy = judgement.verdict === 'allowed' ? this.#grants.get(event.reason) : undefined;
    return { ...shared, accesses, notes, grantedBy };
  }

  // The URI decides; objectRef, which the body has its part in, only where there is no URI to read.
  #readRequest(event: AuditEvent): ReadRequest {
    const read = this.#readUri(event.verb, event.requestUri);
    if (read.permission !== undefined) return read;
    if (event.objectRef === undefined) return { permission: undefined, notes: ['unreadable-uri'] };
    return {
      permission: permissionOfObjectRef(event.verb, event.objectRef),
      notes: [...read.notes, 'name-from-object-ref'],
    };
  }

  #readUri(verb: string, uri: string): ReadRequest {
    const byVerb = this.#requests.get(uri);
    let read = byVerb.get(verb);
    if (read === undefined) {
      read = readUri(verb, uri);
      if (byVerb.size >= verbsPerUri) byVerb.clear();
      byVerb.set(verb, read);
    }
    return read;
  }

  #actorOf(user: UserInfo): Actor | undefined {
    if (user.username === '') return undefined;
    let actor = this.#actors.get(user);
    if (actor === undefined) {
      const groups = groupsOf(user);
      actor = { subject: this.#subjects.get(user.username), groups, notes: userNotes(user, groups) };
      this.#actors.set(user, actor);
    }
    return actor;
  }
}

/** Attributes one event; for many, an `Attributor` is faster. */
export function attribute(event: AuditEvent, options: AttributeOptions): Attribution {
  return new Attributor(options).attribute(event);
}

// The request's own access and, where it was allowed, those behind it.
function judgedRequest(
  event: AuditEvent,
  actor: Actor,
  permission: Permission | undefined,
  judgement: Judgement,
  options: AttributeOptions,
): { accesses: readonly Access[]; notes: readonly Note[] } {
  const { subject, groups } = actor;
  const kinds: NoteKind[] = [];
  if (judgement.verdict === 'allowed' && event.reason !== '' && !isByRbac(event.reason)) kinds.push('not-by-rbac');
  if (permission === undefined) return { accesses: [], notes: notesOf(subject, ...kinds) };
  if (permission.verb === '') kinds.push('empty-verb');
  if (judgement.verdict !== 'allowed') {
    return { accesses: [{ subject, groups, permission, verdict: 'denied' }], notes: notesOf(subject, ...kinds) };
  }
  const accesses: Access[] = [{ subject, groups, permission, verdict: 'allowed' }];
  if (!isUrlPermission(permission)) {
    const request = { event, permission, subject, groups, options };
    for (const rule of hiddenRules) {
      const hidden = rule(request);
      if (hidden === nothing) continue;
      accesses.push(...hidden.accesses);
      kinds.push(...hidden.notes);
    }
  }
  if (event.message !== '' && isSecondaryRefusal(event.message)) kinds.push('secondary-authorization-denied');
  return { accesses, notes: kinds.length === 0 ? [] : notesOf(subject, ...new Set(kinds)) };
}

function readUri(verb: string, uri: string): ReadRequest {
  if (uri === '') return { permission: undefined, notes: [] };
  const attributes = attributesOfRequest({ verb, uri });
  return 'permission' in attributes
    ? { permission: attributes.permission, notes: [] }
    : { permission: undefined, notes: ['unreadable-uri'] };
}

function namespaceOf(permission: Permission): string {
  return isUrlPermission(permission) ? '' : permission.namespace;
}

function userNotes(user: UserInfo, groups: readonly string[]): NoteKind[] {
  const kinds: NoteKind[] = [];
  if (groups.includes(mastersGroup)) kinds.push('system-masters');
  if (groups.includes(nodesGroup) || user.username.startsWith('system:node:')) kinds.push('node-authorizer');
  if (user.username === anonymousUser) kinds.push('anonymous');
  if (!hasLoggedGroups(user)) kinds.push('groups-not-logged');
  return kinds;
}

function notesOf(subject: Subject | undefined, ...kinds: readonly (NoteKind | undefined)[]): Note[] {
  return kinds.filter((kind) => kind !== undefined).map((kind) => ({ kind, subject }));
}
