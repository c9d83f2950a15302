// Who a policy is for. A username alone decides the kind, as the API server does it
// (k8s.io/apiserver/pkg/authentication/serviceaccount/util.go).

export type Subject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User'; readonly name: string }
  | { readonly kind: 'Group'; readonly name: string };

const serviceAccountPrefix = 'system:serviceaccount:';

/** The subject that a username stands for: `system:serviceaccount:<namespace>:<name>` is a ServiceAccount, all else a User. */
export function subjectOfUsername(username: string): Subject {
  if (!username.startsWith(serviceAccountPrefix)) return { kind: 'User', name: username };
  const parts = username.slice(serviceAccountPrefix.length).split(':');
  if (parts.length !== 2 || parts[0] === '' || parts[1] === '') return { kind: 'User', name: username };
  return { kind: 'ServiceAccount', namespace: parts[0] as string, name: parts[1] as string };
}

/** The username the API server knows the subject by; for a Group, `group:<name>`, which no usage of a user can clash with. */
export function subjectKey(subject: Subject): string {
  if (subject.kind === 'ServiceAccount') return `${serviceAccountPrefix}${subject.namespace}:${subject.name}`;
  return subject.kind === 'User' ? subject.name : `group:\u0000${subject.name}`;
}

/** For people: `ServiceAccount my-team/backend`, `User alice`, `Group devs`. */
export function describeSubject(subject: Subject): string {
  if (subject.kind === 'ServiceAccount') return `ServiceAccount ${subject.namespace}/${subject.name}`;
  return `${subject.kind} ${subject.name}`;
}
