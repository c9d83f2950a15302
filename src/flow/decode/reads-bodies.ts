// Which requests' bodies attribution reads. All others are dropped here, so that a log at RequestResponse level costs no
// more memory than one at Metadata level, and so that equal requests with different bodies stay equal.
import { isObject } from '../../base/json-fields.ts';
import type { ObjectRef } from '../types.ts';

/** Groups all of whose writes are read: escalation, reviews and signers (the hidden authorisations). */
const groupsRead = new Set([
  'rbac.authorization.k8s.io',
  'authorization.k8s.io',
  'authentication.k8s.io',
  'certificates.k8s.io',
]);

/** Admission policies have parameters that the writer must be able to read. */
const policyResources = new Set([
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);

const unsafeDeleteOption = 'ignoreStoreReadErrorWithClusterBreakingPotential';

/**
 * Whether attribution reads the bodies of such a request. Only writes are; group and resource are looked for in the
 * path and in objectRef, because either can be missing, and one that says so is enough.
 */
export function readsBodies(verb: string, requestUri: string, objectRef: ObjectRef | undefined): boolean {
  if (verb !== 'create' && verb !== 'update' && verb !== 'patch') return false;
  if (objectRef !== undefined && isRead(objectRef.apiGroup, objectRef.resource)) return true;
  if (!requestUri.startsWith('/apis/')) return false;
  const parts = requestUri.split(/[/?]/, 16);
  const group = parts[2] ?? '';
  return groupsRead.has(group) || parts.slice(4).some((part) => isRead(group, part));
}

function isRead(apiGroup: string, resource: string): boolean {
  if (groupsRead.has(apiGroup)) return true;
  if (apiGroup === 'admissionregistration.k8s.io') return policyResources.has(resource);
  return apiGroup === 'resource.k8s.io' && resource === 'resourceclaims';
}

/** Whether a body is DeleteOptions that ask to ignore read errors, which needs a permission of its own. */
export function isUnsafeDelete(verb: string, body: unknown): boolean {
  if (verb !== 'delete' && verb !== 'deletecollection') return false;
  return isObject(body) && Object.hasOwn(body, unsafeDeleteOption);
}

/** The body, or `undefined` where an exporter put a marker in its place (AKS: `skipped-too-big-size-object`). */
export function bodyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? value : undefined;
}
