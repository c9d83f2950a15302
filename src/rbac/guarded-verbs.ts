// Verbs that hand out power of their own: a name too many, and the holder can become somebody else or grant anything.
// Options that drop names or join siblings never apply to them (the verbs of RBAC's and the certificate API's own checks:
// pkg/registry/rbac/escalation_check.go, pkg/certauthorization and endpoints/filters/impersonation.go, v1.34).

const guarded: ReadonlySet<string> = new Set(['escalate', 'bind', 'impersonate', 'approve', 'sign', 'attest']);

/**
 * Whether a permission with this verb keeps the names that it was seen with, whatever `resourceNames` says. Covers
 * constrained impersonation (`impersonate:user-info` and the like, 1.35), not what is done under it
 * (`impersonate-on:...`), since the former already says as whom.
 */
export function keepsNames(verb: string): boolean {
  return guarded.has(verb) || verb.startsWith('impersonate:');
}
