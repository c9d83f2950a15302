// One subject's usage -> rows and documents: the permissions with their evidence, for people and for machines.
import type { BoundedSet } from '../../base/bounded-set.ts';
import { byCodeUnit } from '../../base/order.ts';
import { formatMicros } from '../../base/time.ts';
import type { PermissionUsage, SubjectUsage } from '../../flow/types.ts';
import { describePermission, type Permission } from '../../rbac/permission.ts';
import { formatCount } from '../quantities.ts';
import type { Column } from '../table.ts';

/** Names and user agents shown in a cell; the rest are counted. */
const shownInCell = 3;

export const permissionColumns: readonly Column[] = [
  { header: 'PERMISSION' },
  { header: 'NAMES' },
  { header: 'REQUESTS', align: 'right' },
  { header: 'DAYS', align: 'right' },
  { header: 'FIRST SEEN' },
  { header: 'LAST SEEN' },
  { header: 'USER AGENTS' },
  { header: 'ALLOWED BY' },
];

export function permissionRow({ permission, names, nameless, evidence }: PermissionUsage): string[] {
  return [
    describePermission(permission),
    namesCell(names, nameless),
    formatCount(evidence.count),
    String(evidence.days.size),
    formatMicros(evidence.firstSeen),
    formatMicros(evidence.lastSeen),
    setCell(evidence.userAgents),
    setCell(evidence.grantedBy),
  ];
}

/** `c1, c2`, `(none)` where only requests without a name were seen, `a, b, c and 9 more`, `x, (none)` for both. */
function namesCell(names: BoundedSet, nameless: boolean): string {
  if (names.size === 0) return '(none)';
  return nameless ? `${setCell(names)}, (none)` : setCell(names);
}

function setCell(set: BoundedSet): string {
  const values = set.sorted();
  const rest = values.length - shownInCell;
  const shown = values.slice(0, shownInCell).join(', ');
  if (values.length === 0) return '-';
  if (rest <= 0) return set.more ? `${shown} and more` : shown;
  return `${shown} and ${rest}${set.more ? ' or more' : ''} more`;
}

/** The entries of a map of permissions in the order of their keys: group, resource, namespace, verb. */
export function sortedEntries<Entry extends PermissionUsage>(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries].sort(([a], [b]) => byCodeUnit(a, b)).map(([, entry]) => entry);
}

/** Requests behind what the subject used. One that needed two permissions counts with each of them. */
export function requestsOf(usage: SubjectUsage): number {
  let requests = 0;
  for (const { evidence } of usage.used.values()) requests += evidence.count;
  return requests;
}

/** A permission with its evidence, as `--output json` prints it. Times are ISO 8601, `null` when none could be read. */
export interface PermissionDocument {
  readonly permission: Permission;
  readonly text: string;
  readonly names: readonly string[];
  /** More names were seen than are kept. */
  readonly moreNames: boolean;
  readonly nameless: boolean;
  readonly requests: number;
  readonly days: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly userAgents: readonly string[];
  readonly allowedBy: readonly string[];
  readonly sampleAuditID: string;
}

export function permissionDocument(usage: PermissionUsage): PermissionDocument {
  const { permission, names, nameless, evidence } = usage;
  return {
    permission,
    text: describePermission(permission),
    names: names.sorted(),
    moreNames: names.more,
    nameless,
    requests: evidence.count,
    days: evidence.days.size,
    ...windowDocument(evidence),
    userAgents: evidence.userAgents.sorted(),
    allowedBy: evidence.grantedBy.sorted(),
    sampleAuditID: evidence.sampleAuditId,
  };
}

export function windowDocument(span: { firstSeen: number; lastSeen: number }) {
  const iso = (micros: number) => (micros > 0 ? formatMicros(micros) : null);
  return { firstSeen: iso(span.firstSeen), lastSeen: iso(span.lastSeen) };
}
