// Usage + usage -> usage, counting nothing twice. Tables of different bytes add up; parts over the same bytes are one part.
import { AudiciaError } from '../../base/errors.ts';
import { byCodeUnit } from '../../base/order.ts';
import type { SourceSegment, SubjectUsage, Usage, UsagePart, UsageTable } from '../types.ts';
import { mergeCoverage, newCoverage } from './coverage.ts';
import {
  mergeInferredUsage,
  mergeObserved,
  mergePermissionUsage,
  newInferredUsage,
  newPermissionUsage,
} from './evidence.ts';
import { newSubjectUsage } from './usage-builder.ts';

export function newTable(): UsageTable {
  return { subjects: new Map(), coverage: newCoverage() };
}

/** Adds `from` to `into`, which is changed; `from` is not. For tables that were counted from different requests. */
export function addTable(into: UsageTable, from: UsageTable): void {
  mergeCoverage(into.coverage, from.coverage);
  for (const [key, usage] of from.subjects) {
    let target = into.subjects.get(key);
    if (target === undefined) {
      target = newSubjectUsage(usage.subject);
      into.subjects.set(key, target);
    }
    addSubjectUsage(target, usage);
  }
}

/** Everything that the parts of a usage hold together, as one table: what the later stages work on. */
export function totalOf(usage: Usage): UsageTable {
  if (usage.parts.length === 1) return (usage.parts[0] as UsagePart).table;
  const total = newTable();
  for (const part of usage.parts) addTable(total, part.table);
  return total;
}

/**
 * Unites usages. Associative, commutative, and idempotent per source position: a part whose bytes another part covers
 * adds nothing. Throws AudiciaError `usage-overlap` when two parts share some bytes but neither covers the other, since
 * their counts then cannot be told apart.
 */
export function mergeUsage(usages: readonly Usage[]): Usage {
  const parts = usages.flatMap((usage) => usage.parts).sort((a, b) => byCodeUnit(partKey(a), partKey(b)));
  const kept: UsagePart[] = [];
  for (const part of parts) {
    const rivals = kept.filter((other) => overlaps(part, other));
    if (rivals.some((other) => covers(other, part))) continue;
    const blocked = rivals.find((other) => !covers(part, other));
    if (blocked !== undefined) throw overlapError(part, blocked);
    for (const other of rivals) kept.splice(kept.indexOf(other), 1);
    kept.push(part);
  }
  return { parts: kept.sort((a, b) => byCodeUnit(partKey(a), partKey(b))) };
}

/** Segments in the order of their sources, so that equal sets of bytes are written equally. */
export function sortSegments(segments: readonly SourceSegment[]): SourceSegment[] {
  return [...segments].sort((a, b) => byCodeUnit(a.source, b.source) || a.from - b.from || a.to - b.to);
}

function addSubjectUsage(into: SubjectUsage, from: SubjectUsage): void {
  into.groups.addAll(from.groups);
  into.commonGroups = intersection(into.commonGroups, from.commonGroups);
  for (const field of ['used', 'denied'] as const) {
    for (const [key, usage] of from[field]) {
      let target = into[field].get(key);
      if (target === undefined) {
        target = newPermissionUsage(usage.permission);
        into[field].set(key, target);
      }
      mergePermissionUsage(target, usage);
    }
  }
  for (const [key, usage] of from.inferred) {
    let target = into.inferred.get(key);
    if (target === undefined) {
      target = newInferredUsage(usage.permission, usage.inference);
      into.inferred.set(key, target);
    }
    mergeInferredUsage(target, usage);
  }
  mergeObserved(into.observed, from.observed);
}

function intersection(
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : a.intersection(b);
}

function partKey(part: UsagePart): string {
  return JSON.stringify(part.segments.map(({ source, from, to }) => [source, from, to]));
}

function overlaps(a: UsagePart, b: UsagePart): boolean {
  return a.segments.some((x) => b.segments.some((y) => x.source === y.source && x.from < y.to && y.from < x.to));
}

function covers(a: UsagePart, b: UsagePart): boolean {
  return b.segments.every((y) => a.segments.some((x) => x.source === y.source && x.from <= y.from && y.to <= x.to));
}

function overlapError(a: UsagePart, b: UsagePart): AudiciaError {
  const shared = a.segments.find((x) => b.segments.some((y) => x.source === y.source));
  const path = shared?.path ?? 'a log';
  return new AudiciaError('usage-overlap', `both usage tables counted ${path}, each together with other logs`, {
    hint: 'Counts of the shared log cannot be separated: make one usage table from all the logs instead.',
  });
}
