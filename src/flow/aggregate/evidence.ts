// The proof behind one permission: how it begins, grows by a tally, and merges with another's. Every operation is
// commutative and associative, so that the order of files, workers and merges can never show in a result.
import { BoundedSet } from '../../base/bounded-set.ts';
import type { Permission } from '../../rbac/permission.ts';
import type { Evidence, InferenceKind, InferredUsage, Micros, Observed, PermissionUsage, Tally } from '../types.ts';

/** How much evidence is kept for one permission; a set that had to drop values says so (`BoundedSet.more`). */
export const evidenceBounds = {
  /** Names of one permission: what fits a role that `kubectl apply` still takes (262,144 bytes of annotations). */
  names: 512,
  userAgents: 8,
  grantedBy: 8,
  groups: 256,
  /** Distinct UTC days: more than a year, so that a yearly job shows. */
  days: 400,
  /** Rule lists of roles that a subject wrote or bound. */
  heldRules: 32,
} as const;

const microsPerDay = 86_400_000_000;

export function newEvidence(): Evidence {
  return {
    count: 0,
    firstSeen: 0,
    lastSeen: 0,
    days: new Set(),
    userAgents: new BoundedSet(evidenceBounds.userAgents),
    grantedBy: new BoundedSet(evidenceBounds.grantedBy),
    sampleAuditId: '',
  };
}

export function newPermissionUsage(permission: Permission): PermissionUsage {
  return { permission, names: new BoundedSet(evidenceBounds.names), nameless: false, evidence: newEvidence() };
}

export function newInferredUsage(permission: Permission, inference: InferenceKind): InferredUsage {
  return { ...newPermissionUsage(permission), inference, unlessHeld: new BoundedSet(evidenceBounds.heldRules) };
}

export function newObserved(): Observed {
  return {
    stages: new Map(),
    levels: new Map(),
    decisions: new Map(),
    verbs: new Map(),
    firstSeen: 0,
    lastSeen: 0,
    notes: new Map(),
  };
}

/** Adds a group of equal events to a permission's evidence. `grant` is the credited binding in words, `''` if unknown. */
export function addTally(evidence: Evidence, tally: Tally, userAgent: string, grant: string): void {
  evidence.count += tally.count;
  if (earlierSample(tally.firstSeen, tally.sampleAuditId, evidence)) evidence.sampleAuditId = tally.sampleAuditId;
  widen(evidence, tally.firstSeen, tally.lastSeen);
  if (tally.firstSeen > 0) addDay(evidence.days, Math.floor(tally.firstSeen / microsPerDay));
  if (userAgent !== '') evidence.userAgents.add(userAgent);
  if (grant !== '') evidence.grantedBy.add(grant);
}

export function mergeEvidence(into: Evidence, from: Evidence): void {
  into.count += from.count;
  if (earlierSample(from.firstSeen, from.sampleAuditId, into)) into.sampleAuditId = from.sampleAuditId;
  widen(into, from.firstSeen, from.lastSeen);
  for (const day of from.days) addDay(into.days, day);
  into.userAgents.addAll(from.userAgents);
  into.grantedBy.addAll(from.grantedBy);
}

export function mergePermissionUsage(into: PermissionUsage, from: PermissionUsage): void {
  into.names.addAll(from.names);
  into.nameless = into.nameless || from.nameless;
  mergeEvidence(into.evidence, from.evidence);
}

export function mergeInferredUsage(into: InferredUsage, from: InferredUsage): void {
  mergePermissionUsage(into, from);
  if (into.unlessHeld === undefined || from.unlessHeld === undefined) into.unlessHeld = undefined;
  else into.unlessHeld.addAll(from.unlessHeld);
}

export function mergeObserved(into: Observed, from: Observed): void {
  addCounts(into.stages, from.stages);
  addCounts(into.levels, from.levels);
  addCounts(into.decisions, from.decisions);
  addCounts(into.verbs, from.verbs);
  addCounts(into.notes, from.notes);
  widen(into, from.firstSeen, from.lastSeen);
}

/** Widens a span of time; 0 is "no time known" and widens nothing. */
export function widen(span: { firstSeen: Micros; lastSeen: Micros }, first: Micros, last: Micros): void {
  if (first > 0 && (span.firstSeen === 0 || first < span.firstSeen)) span.firstSeen = first;
  if (last > span.lastSeen) span.lastSeen = last;
}

export function addCount<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

export function addCounts<K>(into: Map<K, number>, from: ReadonlyMap<K, number>): void {
  for (const [key, count] of from) addCount(into, key, count);
}

/** The sample is the earliest event's; of several at one time (or without times) the smallest id, whatever came first. */
function earlierSample(time: Micros, auditId: string, than: Evidence): boolean {
  if (auditId === '') return false;
  if (than.sampleAuditId === '') return true;
  if (time === than.firstSeen) return auditId < than.sampleAuditId;
  return time > 0 && (than.firstSeen === 0 || time < than.firstSeen);
}

/** Keeps the earliest days: with "keep the smallest" the bound is independent of the order of adding. */
function addDay(days: Set<number>, day: number): void {
  days.add(day);
  if (days.size > evidenceBounds.days) days.delete(Math.max(...days));
}
