// Usage <-> JSON text. The text is deterministic: maps and sets are written in code-unit order.
import { BoundedSet, type BoundedValues } from '../../base/bounded-set.ts';
import { AudiciaError } from '../../base/errors.ts';
import { byCodeUnit } from '../../base/order.ts';
import { isUrlPermission, type Permission, permissionKey } from '../../rbac/permission.ts';
import { type Subject, subjectKey } from '../../rbac/subject.ts';
import type {
  Coverage,
  Evidence,
  InferenceKind,
  InferredUsage,
  MinuteRange,
  NoteKind,
  Observed,
  PermissionUsage,
  SourceSegment,
  SubjectUsage,
  Usage,
  UsagePart,
  UsageTable,
} from '../types.ts';
import { evidenceBounds } from './evidence.ts';
import { sortSegments } from './merge-usage.ts';
import { inferredKey } from './usage-builder.ts';

/** What the first field of a saved usage says; a change of meaning changes the version. */
export const savedUsageFormat = 'audicia.io/usage/v1';

/** The usage as JSON values, ready for `JSON.stringify`; the same usage gives the same text. */
export function usageToJson(usage: Usage): SavedUsage {
  return {
    format: savedUsageFormat,
    parts: usage.parts.map((part) => ({ segments: sortSegments(part.segments), table: tableToJson(part.table) })),
  };
}

/**
 * Reads what `usageToJson` wrote. Throws AudiciaError `bad-usage-file`, naming `path`, when the text is no such thing or
 * has another version. Bounds on sets hold again after reading, whatever the file says.
 */
export function usageFromJson(text: string, path: string): Usage {
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch (cause) {
    throw badFile(path, 'it is not JSON', cause);
  }
  if (!isSaved(saved)) throw badFile(path, `it does not begin with "format": "${savedUsageFormat}"`);
  try {
    return { parts: saved.parts.map(partFromJson) };
  } catch (cause) {
    throw badFile(path, 'a field is missing or has the wrong type', cause);
  }
}

// ------------------------------------------------------------------------------------------------- the saved shapes

interface SavedEvidence {
  count: number;
  firstSeen: number;
  lastSeen: number;
  days: number[];
  userAgents: BoundedValues;
  grantedBy: BoundedValues;
  sampleAuditId: string;
}

interface SavedPermission {
  permission: Permission;
  names: BoundedValues;
  nameless: boolean;
  evidence: SavedEvidence;
}

interface SavedInferred extends SavedPermission {
  inference: InferenceKind;
  unlessHeld: BoundedValues | null;
}

interface SavedObserved {
  stages: Record<string, number>;
  levels: Record<string, number>;
  decisions: Record<string, number>;
  verbs: Record<string, number>;
  firstSeen: number;
  lastSeen: number;
  notes: Record<string, number>;
}

interface SavedSubject {
  subject: Subject;
  groups: BoundedValues;
  commonGroups: string[] | null;
  used: SavedPermission[];
  denied: SavedPermission[];
  inferred: SavedInferred[];
  observed: SavedObserved;
}

interface SavedTable {
  subjects: SavedSubject[];
  coverage: {
    observed: SavedObserved;
    requests: number;
    duplicates: number;
    filtered: Record<string, number>;
    activeMinutes: MinuteRange[];
    badRecords: Record<string, number>;
    foreignLines: number;
    skippedRecords: number;
    bytes: number;
  };
}

export interface SavedUsage {
  format: string;
  parts: { segments: SourceSegment[]; table: SavedTable }[];
}

// ------------------------------------------------------------------------------------------------------- writing

function tableToJson(table: UsageTable): SavedTable {
  const { coverage } = table;
  return {
    subjects: sortedValues(table.subjects).map(subjectToJson),
    coverage: {
      ...coverage,
      observed: observedToJson(coverage.observed),
      filtered: countsToJson(coverage.filtered),
      activeMinutes: [...coverage.activeMinutes],
      badRecords: countsToJson(coverage.badRecords),
    },
  };
}

function subjectToJson(usage: SubjectUsage): SavedSubject {
  return {
    subject: usage.subject,
    groups: usage.groups.toValues(),
    commonGroups: usage.commonGroups === undefined ? null : [...usage.commonGroups].sort(byCodeUnit),
    used: sortedValues(usage.used).map(permissionToJson),
    denied: sortedValues(usage.denied).map(permissionToJson),
    inferred: sortedValues(usage.inferred).map((entry) => ({
      ...permissionToJson(entry),
      inference: entry.inference,
      unlessHeld: entry.unlessHeld === undefined ? null : entry.unlessHeld.toValues(),
    })),
    observed: observedToJson(usage.observed),
  };
}

function permissionToJson(usage: PermissionUsage): SavedPermission {
  const { evidence } = usage;
  return {
    permission: usage.permission,
    names: usage.names.toValues(),
    nameless: usage.nameless,
    evidence: {
      ...evidence,
      days: [...evidence.days].sort((a, b) => a - b),
      userAgents: evidence.userAgents.toValues(),
      grantedBy: evidence.grantedBy.toValues(),
    },
  };
}

function observedToJson(observed: Observed): SavedObserved {
  return {
    ...observed,
    stages: countsToJson(observed.stages),
    levels: countsToJson(observed.levels),
    decisions: countsToJson(observed.decisions),
    verbs: countsToJson(observed.verbs),
    notes: countsToJson(observed.notes),
  };
}

function countsToJson(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => byCodeUnit(a, b)));
}

function sortedValues<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map].sort(([a], [b]) => byCodeUnit(a, b)).map(([, value]) => value);
}

// ------------------------------------------------------------------------------------------------------- reading

function isSaved(value: unknown): value is SavedUsage {
  if (typeof value !== 'object' || value === null) return false;
  const { format, parts } = value as Partial<SavedUsage>;
  return format === savedUsageFormat && Array.isArray(parts);
}

function partFromJson(part: SavedUsage['parts'][number]): UsagePart {
  const saved = part.table.coverage;
  const coverage: Coverage = {
    observed: observedFromJson(saved.observed),
    requests: number(saved.requests),
    duplicates: number(saved.duplicates),
    filtered: countsFromJson(saved.filtered),
    activeMinutes: saved.activeMinutes.map(([first, last]) => [number(first), number(last)]),
    badRecords: countsFromJson(saved.badRecords),
    foreignLines: number(saved.foreignLines),
    skippedRecords: number(saved.skippedRecords),
    bytes: number(saved.bytes),
  };
  const subjects = new Map<string, SubjectUsage>();
  for (const subject of part.table.subjects) subjects.set(subjectKey(subjectOf(subject)), subjectFromJson(subject));
  return { segments: sortSegments(part.segments.map(segmentFromJson)), table: { subjects, coverage } };
}

function segmentFromJson(saved: SourceSegment): SourceSegment {
  return { source: string(saved.source), path: string(saved.path), from: number(saved.from), to: number(saved.to) };
}

function subjectOf(saved: SavedSubject): Subject {
  const { subject } = saved;
  if (subject.kind === 'ServiceAccount') {
    return { kind: subject.kind, namespace: string(subject.namespace), name: string(subject.name) };
  }
  if (subject.kind !== 'User' && subject.kind !== 'Group') throw new TypeError('subject.kind');
  return { kind: subject.kind, name: string(subject.name) };
}

function subjectFromJson(saved: SavedSubject): SubjectUsage {
  return {
    subject: subjectOf(saved),
    groups: boundedFromJson(saved.groups, evidenceBounds.groups),
    commonGroups: saved.commonGroups === null ? undefined : new Set(saved.commonGroups.map(string)),
    used: byPermission(saved.used.map(permissionFromJson)),
    denied: byPermission(saved.denied.map(permissionFromJson)),
    inferred: new Map(
      saved.inferred
        .map(inferredFromJson)
        .map((entry) => [inferredKey(entry.inference, permissionKey(entry.permission)), entry]),
    ),
    observed: observedFromJson(saved.observed),
  };
}

function byPermission(entries: readonly PermissionUsage[]): Map<string, PermissionUsage> {
  return new Map(entries.map((entry) => [permissionKey(entry.permission), entry]));
}

function permissionFromJson(saved: SavedPermission): PermissionUsage {
  return {
    permission: permissionOf(saved.permission),
    names: boundedFromJson(saved.names, evidenceBounds.names),
    nameless: saved.nameless === true,
    evidence: evidenceFromJson(saved.evidence),
  };
}

function permissionOf(saved: Permission): Permission {
  if (isUrlPermission(saved)) return { verb: string(saved.verb), path: string(saved.path) };
  return {
    verb: string(saved.verb),
    apiGroup: string(saved.apiGroup),
    resource: string(saved.resource),
    subresource: string(saved.subresource),
    namespace: string(saved.namespace),
    name: '',
  };
}

function inferredFromJson(saved: SavedInferred): InferredUsage {
  const unlessHeld =
    saved.unlessHeld === null ? undefined : boundedFromJson(saved.unlessHeld, evidenceBounds.heldRules);
  return { ...permissionFromJson(saved), inference: string(saved.inference) as InferenceKind, unlessHeld };
}

function evidenceFromJson(saved: SavedEvidence): Evidence {
  return {
    count: number(saved.count),
    firstSeen: number(saved.firstSeen),
    lastSeen: number(saved.lastSeen),
    days: new Set(saved.days.map(number)),
    userAgents: boundedFromJson(saved.userAgents, evidenceBounds.userAgents),
    grantedBy: boundedFromJson(saved.grantedBy, evidenceBounds.grantedBy),
    sampleAuditId: string(saved.sampleAuditId),
  };
}

function observedFromJson(saved: SavedObserved): Observed {
  return {
    stages: countsFromJson(saved.stages),
    levels: countsFromJson(saved.levels),
    decisions: countsFromJson(saved.decisions),
    verbs: countsFromJson(saved.verbs),
    firstSeen: number(saved.firstSeen),
    lastSeen: number(saved.lastSeen),
    notes: countsFromJson(saved.notes) as Map<NoteKind, number>,
  };
}

function countsFromJson(saved: Record<string, number>): Map<string, number> {
  return new Map(Object.entries(saved).map(([key, count]) => [key, number(count)]));
}

function boundedFromJson(saved: BoundedValues, bound: number): BoundedSet {
  const set = new BoundedSet(bound);
  set.addAll({ values: saved.values.map(string), more: saved.more === true });
  return set;
}

// A saved table may have been edited by hand or come from elsewhere: a wrong type must not turn into a wrong policy.

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('not a number');
  return value;
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a string');
  return value;
}

function badFile(path: string, why: string, cause?: unknown): AudiciaError {
  return new AudiciaError('bad-usage-file', `${path} is not a usage table that audicia saved: ${why}`, {
    hint: 'Make one with: audicia usage LOG... --save FILE',
    ...(cause === undefined ? {} : { cause }),
  });
}
