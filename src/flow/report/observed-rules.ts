// Used permissions -> the rows of `status.observedRules`.
import { byCodeUnit } from '../../base/order.ts';
import { formatMicros } from '../../base/time.ts';
import { isUrlPermission, ruleResource } from '../../rbac/permission.ts';
import type { PermissionUsage, SubjectUsage } from '../types.ts';

/** Lists of one entry each: the published format has lists, and one row is one permission. */
export interface ObservedRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  /** `''` for the whole cluster. */
  readonly namespace: string;
  /** Absent when no event had a time. */
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  /** Requests. */
  readonly count: number;
}

/** One row for each permission that was used, in the order of `permissionKey`: the same rows are shown however many are. */
export function observedRules(usage: SubjectUsage): ObservedRule[] {
  return [...usage.used].sort(([a], [b]) => byCodeUnit(a, b)).map(([, entry]) => observedRule(entry));
}

function observedRule({ permission, evidence }: PermissionUsage): ObservedRule {
  const { count, firstSeen, lastSeen } = evidence;
  const seen = firstSeen > 0 ? { firstSeen: formatMicros(firstSeen), lastSeen: formatMicros(lastSeen) } : {};
  if (isUrlPermission(permission)) {
    return { verbs: [permission.verb], nonResourceURLs: [permission.path], namespace: '', ...seen, count };
  }
  const { apiGroup, verb, namespace } = permission;
  return { apiGroups: [apiGroup], resources: [ruleResource(permission)], verbs: [verb], namespace, ...seen, count };
}
