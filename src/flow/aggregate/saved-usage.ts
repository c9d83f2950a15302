// Usage <-> JSON text. The text is deterministic: maps and sets are written in code-unit order.
import { BoundedSet, type BoundedValues } from '../../base/bounded-set.ts';
import { AudiciaError } from '../../base/errors.ts';
import { byCodeUnit } from '../../base/order.ts';
import { type Permission, permissionKey } from '../../rbac/permission.ts';
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
  const coverage: Coverage = {
    ...part.table.coverage,
    observed: observedFromJson(part.table.coverage.observed),
    filtered: countsFromJson(part.table.coverage.filtered),
    badRecords: countsFromJson(part.table.coverage.badRecords),
  };
  const subjects = new Map<string, SubjectUsage>();
  for (const saved of part.table.subjects) subjects.set(subjectKey(saved.subject), subjectFromJson(saved));
  return { segments: sortSegments(part.segments), table: { subjects, coverage } };
}

function subjectFromJson(saved: SavedSubject): SubjectUsage {
  return {
    subject: saved.subject,
    groups: boundedFromJson(saved.groups, evidenceBounds.groups),
    commonGroups: saved.commonGroups === null ? undefined : new Set(saved.commonGroups),
    used: new Map(saved.used.map((entry) => [permissionKey(entry.permission), permissionFromJson(entry)])),
    denied: new Map(saved.denied.map((entry) => [permissionKey(entry.permission), permissionFromJson(entry)])),
    inferred: new Map(
      saved.inferred.map((entry) => [
        inferredKey(entry.inference, permissionKey(entry.permission)),
        inferredFromJson(entry),
      ]),
    ),
    observed: observedFromJson(saved.observed),
  };
}

function permissionFromJson(saved: SavedPermission): PermissionUsage {
  return {
    permission: saved.permission,
    names: boundedFromJson(saved.names, evidenceBounds.names),
    nameless: saved.nameless,
    evidence: evidenceFromJson(saved.evidence),
  };
}

function inferredFromJson(saved: SavedInferred): InferredUsage {
  const unlessHeld = saved.unlessHeld === null ? undefined : boundedFromJson(saved.unlessHeld, evidenceBounds.heldRules);
  return { ...permissionFromJson(saved), inference: saved.inference, unlessHeld };
}

function evidenceFromJson(saved: SavedEvidence): Evidence {
  return {
    ...saved,
    days: new Set(saved.days),
    userAgents: boundedFromJson(saved.userAgents, evidenceBounds.userAgents),
    grantedBy: boundedFromJson(saved.grantedBy, evidenceBounds.grantedBy),
  };
}

function observedFromJson(saved: SavedObserved): Observed {
  return {
    ...saved,
    stages: countsFromJson(saved.stages),
    levels: countsFromJson(saved.levels),
    decisions: countsFromJson(saved.decisions),
    verbs: countsFromJson(saved.verbs),
    notes: countsFromJson(saved.notes) as Map<NoteKind, number>,
  };
}

function countsFromJson(saved: Record<string, number>): Map<string, number> {
  return new Map(Object.entries(saved));
}

function boundedFromJson(saved: BoundedValues, bound: number): BoundedSet {
  const set = new BoundedSet(bound);
  set.addAll(saved);
  return set;
}

function badFile(path: string, why: string, cause?: unknown): AudiciaError {
  return new AudiciaError('bad-usage-file', `${path} is not a usage table that audicia saved: ${why}`, {
    hint: 'Make one with: audicia usage LOG... --save FILE',
    ...(cause === undefined ? {} : { cause }),
  });
}
