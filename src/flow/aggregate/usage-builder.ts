// Attributed events -> UsageTable: the one place where counts are made. Fed with groups of equal events; what it holds is
// bounded by the number of distinct permissions per subject, never by the number of events.
import { BoundedSet } from '../../base/bounded-set.ts';
import { Memo } from '../../base/memo.ts';
import { isUrlPermission, type Permission, permissionKey, withoutName } from '../../rbac/permission.ts';
import { type Subject, subjectKey } from '../../rbac/subject.ts';
import type {
  Access,
  Attribution,
  AuditEvent,
  Coverage,
  DecodeCounts,
  GrantingBinding,
  InferredUsage,
  MinuteRange,
  NoteKind,
  Observed,
  PermissionUsage,
  SubjectUsage,
  Tally,
  UsageTable,
} from '../types.ts';
import { newCoverage, uniteMinutes } from './coverage.ts';
import {
  addCount,
  addTally,
  evidenceBounds,
  newInferredUsage,
  newObserved,
  newPermissionUsage,
  widen,
} from './evidence.ts';

/** Subjects, and permissions with names, whose keys are remembered: about 300 bytes each. */
const remembered = 1 << 16;

/** Collects usage. Adding in any order gives the same table. */
export class UsageBuilder {
  readonly #subjects = new Map<string, SubjectUsage>();
  // Attribution gives equal subjects and permissions as the same objects, mostly: their keys are made once.
  readonly #known = new Memo<Subject, SubjectUsage>(remembered, (subject) => this.#find(subject));
  readonly #keyed = new Memo<Permission, KeyedPermission>(remembered, keyed);
  /** Events by what `Observed` counts, as one key; spread into its maps at the end. */
  readonly #observations = new Map<SubjectUsage | undefined, Map<string, number>>();
  readonly #coverage: Coverage = newCoverage();

  /** Adds one group of equal events with everything that it means. */
  add(attribution: Attribution, event: AuditEvent, tally: Tally): void {
    this.#coverage.requests += tally.count;
    const requestor = attribution.subject && this.#subjectUsage(attribution.subject);
    this.#observe(requestor, event, tally);
    if (requestor !== undefined) addGroups(requestor, attribution.groups);
    for (const note of attribution.notes) this.#addNote(note.kind, note.subject, tally);
    const grant = attribution.grantedBy === undefined ? '' : describeGrant(attribution.grantedBy);
    for (const access of attribution.accesses) this.#addAccess(access, event, tally, requestor, grant);
  }

  /** Counts a group that a filter took away, by the rule's words; it leaves no other trace. */
  addFiltered(rule: string, tally: Tally): void {
    addCount(this.#coverage.filtered, rule, tally.events);
  }

  /** Adds what decoding counted of one input, beside the events themselves. */
  addCounts(counts: DecodeCounts): void {
    this.#coverage.bytes += counts.bytes;
    this.#coverage.duplicates += counts.duplicates;
    this.#coverage.foreignLines += counts.foreignLines;
    this.#coverage.skippedRecords += counts.skippedRecords;
  }

  addBadRecord(kind: string): void {
    addCount(this.#coverage.badRecords, kind, 1);
  }

  addActiveMinutes(ranges: readonly MinuteRange[]): void {
    this.#coverage.activeMinutes = uniteMinutes(this.#coverage.activeMinutes, ranges);
  }

  /** The table built so far; it is the builder's own, not a copy. */
  table(): UsageTable {
    this.#spreadObservations();
    return { subjects: this.#subjects, coverage: this.#coverage };
  }

  #subjectUsage(subject: Subject): SubjectUsage {
    return this.#known.get(subject);
  }

  #find(subject: Subject): SubjectUsage {
    const key = subjectKey(subject);
    let usage = this.#subjects.get(key);
    if (usage === undefined) {
      usage = newSubjectUsage(subject);
      this.#subjects.set(key, usage);
    }
    return usage;
  }

  #addNote(kind: NoteKind, subject: Subject | undefined, tally: Tally): void {
    addCount(this.#coverage.observed.notes, kind, tally.events);
    if (subject !== undefined) addCount(this.#subjectUsage(subject).observed.notes, kind, tally.events);
  }

  #addAccess(
    access: Access,
    event: AuditEvent,
    tally: Tally,
    requestor: SubjectUsage | undefined,
    grant: string,
  ): void {
    const usage = this.#subjectUsage(access.subject);
    if (usage !== requestor) {
      widen(usage.observed, tally.firstSeen, tally.lastSeen);
      addGroups(usage, access.groups);
    }
    const entry = entryFor(usage, access, this.#keyed.get(access.permission));
    const name = isUrlPermission(access.permission) ? '' : access.permission.name;
    if (name === '') entry.nameless = true;
    else if (tally.names === undefined) entry.names.add(name);
    else for (const one of tally.names) entry.names.add(one);
    // The reason names what allowed the request itself, not the checks before (impersonate) or behind it (inferred).
    const credited = usage === requestor && access.inferred === undefined && access.verdict === 'allowed';
    addTally(entry.evidence, tally, event.userAgent, credited ? grant : '');
  }

  #observe(usage: SubjectUsage | undefined, event: AuditEvent, tally: Tally): void {
    let counts = this.#observations.get(usage);
    if (counts === undefined) {
      counts = new Map();
      this.#observations.set(usage, counts);
    }
    addCount(counts, observation(event), tally.events);
    if (usage !== undefined) widen(usage.observed, tally.firstSeen, tally.lastSeen);
    widen(this.#coverage.observed, tally.firstSeen, tally.lastSeen);
  }

  #spreadObservations(): void {
    for (const [usage, counts] of this.#observations) {
      for (const [key, events] of counts) {
        spreadObservation(this.#coverage.observed, key, events);
        if (usage !== undefined) spreadObservation(usage.observed, key, events);
      }
    }
    this.#observations.clear();
  }
}

/** `ClusterRoleBinding x -> ClusterRole y`, `RoleBinding ns/x -> Role y`: how evidence names a grant. */
export function describeGrant(grant: GrantingBinding): string {
  const binding = grant.bindingNamespace === '' ? grant.bindingName : `${grant.bindingNamespace}/${grant.bindingName}`;
  return `${grant.bindingKind} ${binding} -> ${grant.roleKind} ${grant.roleName}`;
}

export function newSubjectUsage(subject: Subject): SubjectUsage {
  return {
    subject,
    groups: new BoundedSet(evidenceBounds.groups),
    commonGroups: undefined,
    used: new Map(),
    denied: new Map(),
    inferred: new Map(),
    observed: newObserved(),
  };
}

interface KeyedPermission {
  readonly permission: Permission;
  readonly key: string;
}

function keyed(named: Permission): KeyedPermission {
  const permission = withoutName(named);
  return { permission, key: permissionKey(permission) };
}

function entryFor(usage: SubjectUsage, access: Access, { permission, key }: KeyedPermission): PermissionUsage {
  if (access.inferred !== undefined) return inferredEntry(usage.inferred, key, permission, access);
  const entries = access.verdict === 'allowed' ? usage.used : usage.denied;
  let entry = entries.get(key);
  if (entry === undefined) {
    entry = newPermissionUsage(permission);
    entries.set(key, entry);
  }
  return entry;
}

function inferredEntry(
  entries: Map<string, InferredUsage>,
  permissionKeyed: string,
  permission: Permission,
  access: Access & { inferred?: InferredUsage['inference'] },
): InferredUsage {
  const inference = access.inferred as InferredUsage['inference'];
  const key = inferredKey(inference, permissionKeyed);
  let entry = entries.get(key);
  if (entry === undefined) {
    entry = newInferredUsage(permission, inference);
    entries.set(key, entry);
  }
  if (access.unlessHeld === undefined) entry.unlessHeld = undefined;
  else entry.unlessHeld?.add(JSON.stringify(access.unlessHeld));
  return entry;
}

/** Key of an inferred permission in `SubjectUsage.inferred`. */
export function inferredKey(inference: string, key: string): string {
  return `${inference}\u0000${key}`;
}

function observation({ stage, level, decision, verb }: AuditEvent): string {
  return `${known(stages, stage)} ${known(levels, level)} ${known(decisions, decision)} ${known(verbs, verb)}`;
}

function spreadObservation(observed: Observed, key: string, events: number): void {
  const [stage, level, decision, verb] = key.split(' ') as [string, string, string, string];
  addCount(observed.stages, stage, events);
  addCount(observed.levels, level, events);
  addCount(observed.decisions, decision, events);
  addCount(observed.verbs, verb, events);
}

// A log can hold any string here; only the API server's own words are counted apart, so that the maps stay small.
const stages = new Set(['', 'RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']);
const levels = new Set(['', 'None', 'Metadata', 'Request', 'RequestResponse']);
const decisions = new Set(['', 'allow', 'forbid']);
const verbs = new Set(
  ['', 'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'proxy'].concat(
    ['post', 'put', 'head', 'options'], // the lower-case methods of non-resource requests
  ),
);

function known(words: ReadonlySet<string>, word: string): string {
  return words.has(word) ? word : '(other)';
}

function addGroups(usage: SubjectUsage, groups: readonly string[]): void {
  for (const group of groups) usage.groups.add(group);
  if (usage.commonGroups === undefined) usage.commonGroups = new Set(groups);
  else if (!groups.every((group) => usage.commonGroups?.has(group)) || usage.commonGroups.size !== groups.length) {
    usage.commonGroups = intersect(usage.commonGroups, groups);
  }
}

function intersect(a: ReadonlySet<string>, b: readonly string[]): ReadonlySet<string> {
  return new Set(b.filter((value) => a.has(value)));
}
