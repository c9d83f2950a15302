// Whether a subject can be bound as what it is, and under which namespace its manifests and its report are filed.
import { isDnsLabel, isDnsSubdomain } from './api-names.ts';
import { type RbacSubject, rbacGroup } from './objects.ts';
import { type Subject, subjectKey } from './subject.ts';

/** Whether a service account can be called so. A log may hold any text behind `system:serviceaccount:`. */
export function isPossibleServiceAccount(subject: Subject): boolean {
  return subject.kind === 'ServiceAccount' && isDnsLabel(subject.namespace) && isDnsSubdomain(subject.name);
}

/** A service account's own namespace; for users, groups and impossible service accounts the one given. */
export function homeOf(subject: Subject, homeNamespace: string): string {
  return subject.kind === 'ServiceAccount' && isPossibleServiceAccount(subject) ? subject.namespace : homeNamespace;
}

/**
 * The subject of a binding. An impossible service account is bound as the user of its full name: the API would refuse it as
 * a service account, and the authorizer compares names alone (`appliesToUser`, rbac.go v1.34).
 */
export function bindingSubject(subject: Subject): RbacSubject {
  if (subject.kind === 'Group') return { kind: 'Group', name: subject.name, apiGroup: rbacGroup };
  if (subject.kind === 'ServiceAccount' && isPossibleServiceAccount(subject)) {
    return { kind: 'ServiceAccount', name: subject.name, namespace: subject.namespace };
  }
  return { kind: 'User', name: subjectKey(subject), apiGroup: rbacGroup };
}
