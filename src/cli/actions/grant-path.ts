// A decision -> the words for what allowed it, as the API server's own audit reason says it (rule.go, v1.34).
import type { Decision } from '../../rbac/authorize.ts';

/**
 * `ClusterRoleBinding "x" of ClusterRole "y"` or `RoleBinding "x/namespace" of Role "y"`; the group system:masters where
 * that alone allows. Only for decisions that allow.
 */
export function describePath(decision: Decision): string {
  if (decision.by === undefined) return 'the group "system:masters"';
  const { binding, role } = decision.by;
  const { name, namespace } = binding.metadata;
  const place = binding.kind === 'RoleBinding' ? `${name}/${namespace}` : name;
  return `${binding.kind} "${place}" of ${role.kind} "${role.metadata.name}"`;
}

/** What machines read: always both fields, `by` being null when refused. */
export function answerDocument(decision: Decision): { allowed: boolean; by: string | null } {
  return { allowed: decision.allowed, by: decision.allowed ? describePath(decision) : null };
}
