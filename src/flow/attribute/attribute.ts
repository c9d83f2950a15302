// One AuditEvent -> who did what, authorised how: the request's own permission for the effective user, what an
// impersonator needed before it, what lay behind it, and notes on everything that could not be told.
import { isUrlPermission, type Permission } from '../../rbac/permission.ts';
import { type Subject, subjectOfUsername } from '../../rbac/subject.ts';
import type { Access, Attribution, AuditEvent, Note, NoteKind, UserInfo } from '../types.ts';
import { type Judgement, judge } from './decision.ts';
import { anonymousUser, groupsOf, hasLoggedGroups, mastersGroup, nodesGroup } from './groups.ts';
import { isSecondaryRefusal } from './hidden/create-on-update.ts';
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
}

/** Attributes one event. Never throws, whatever the event holds; the same event always gives the same attribution. */
export function attribute(event: AuditEvent, options: AttributeOptions): Attribution {
  const judgement = judge(event, options);
  const request = readRequest(event);
  const requestor = actorOf(event.user);
  const impersonated = event.impersonatedUser?.username ? event.impersonatedUser : undefined;
  const effectiveUser = impersonated ?? event.user;
  const effective = impersonated === undefined ? requestor : actorOf(impersonated);
  const namespace = request.permission === undefined ? '' : namespaceOf(request.permission);
  const shared = { subject: effective?.subject, groups: effective?.groups ?? [], namespace };
  if (effective === undefined || event.stage === 'RequestReceived') {
    return { ...shared, accesses: [], notes: notesOf(effective?.subject, judgement.note), grantedBy: undefined };
  }

  const accesses: Access[] = [];
  const notes: Note[] = notesOf(effective.subject, judgement.note);
  if (impersonated !== undefined && requestor !== undefined) {
    const passed = impersonationPermissions(impersonated, event.impersonationConstraint, request.permission);
    for (const permission of passed) accesses.push({ ...requestor, permission, verdict: 'allowed' });
    notes.push(...notesOf(requestor.subject, ...userNotes(event.user)));
  }
  if (judgement.verdict === 'ignored') return { ...shared, accesses, notes, grantedBy: undefined };

  notes.push(...notesOf(effective.subject, ...request.notes, ...userNotes(effectiveUser)));
  const judged = judgedRequest(event, effective, request.permission, judgement, options);
  return {
    ...shared,
    accesses: [...accesses, ...judged.accesses],
    notes: [...notes, ...judged.notes],
    grantedBy: judgement.verdict === 'allowed' ? parseGrant(event.reason) : undefined,
  };
}

// The request's own access and, where it was allowed, those behind it.
function judgedRequest(
  event: AuditEvent,
  actor: Actor,
  permission: Permission | undefined,
  judgement: Judgement,
  options: AttributeOptions,
): { accesses: readonly Access[]; notes: readonly Note[] } {
  const kinds: NoteKind[] = [];
  if (judgement.verdict === 'allowed' && event.reason !== '' && !isByRbac(event.reason)) kinds.push('not-by-rbac');
  if (permission === undefined) return { accesses: [], notes: notesOf(actor.subject, ...kinds) };
  if (permission.verb === '') kinds.push('empty-verb');
  if (judgement.verdict !== 'allowed') {
    return { accesses: [{ ...actor, permission, verdict: 'denied' }], notes: notesOf(actor.subject, ...kinds) };
  }
  const accesses: Access[] = [{ ...actor, permission, verdict: 'allowed' }];
  if (!isUrlPermission(permission)) {
    for (const rule of hiddenRules) {
      const hidden = rule({ event, permission, ...actor, options });
      accesses.push(...hidden.accesses);
      kinds.push(...hidden.notes);
    }
  }
  if (isSecondaryRefusal(event.message)) kinds.push('secondary-authorization-denied');
  return { accesses, notes: notesOf(actor.subject, ...new Set(kinds)) };
}

function actorOf(user: UserInfo): Actor | undefined {
  if (user.username === '') return undefined;
  return { subject: subjectOfUsername(user.username), groups: groupsOf(user) };
}

// The URI decides; objectRef, which the body has its part in, only where there is no URI to read.
function readRequest(event: AuditEvent): { permission: Permission | undefined; notes: readonly NoteKind[] } {
  const notes: NoteKind[] = [];
  if (event.requestUri !== '') {
    const attributes = attributesOfRequest({ verb: event.verb, uri: event.requestUri });
    if ('permission' in attributes) return { permission: attributes.permission, notes };
    notes.push('unreadable-uri');
  }
  if (event.objectRef === undefined) return { permission: undefined, notes: ['unreadable-uri'] };
  notes.push('name-from-object-ref');
  return { permission: permissionOfObjectRef(event.verb, event.objectRef), notes };
}

function namespaceOf(permission: Permission): string {
  return isUrlPermission(permission) ? '' : permission.namespace;
}

function userNotes(user: UserInfo): NoteKind[] {
  const kinds: NoteKind[] = [];
  const groups = groupsOf(user);
  if (groups.includes(mastersGroup)) kinds.push('system-masters');
  if (groups.includes(nodesGroup) || user.username.startsWith('system:node:')) kinds.push('node-authorizer');
  if (user.username === anonymousUser) kinds.push('anonymous');
  if (!hasLoggedGroups(user)) kinds.push('groups-not-logged');
  return kinds;
}

function notesOf(subject: Subject | undefined, ...kinds: readonly (NoteKind | undefined)[]): Note[] {
  return kinds.filter((kind) => kind !== undefined).map((kind) => ({ kind, subject }));
}
