// Up to Kubernetes 1.24 a pod was admitted by a PodSecurityPolicy that its creator, or its service account, may use
// (authorizedForPolicy, plugin/pkg/admission/security/podsecuritypolicy v1.24). The annotation names the policy.
import { mayBeAtLeast } from '../options.ts';
import { type AllowedRequest, type Hidden, inferred, isWriteVerb, nothing, onlyAccesses } from './hidden.ts';

export function podSecurityPolicy(request: AllowedRequest): Hidden {
  const { event, permission, options } = request;
  if (event.admitPolicy === '' || permission.resource !== 'pods' || permission.apiGroup !== '') return nothing;
  if (!isWriteVerb(permission.verb)) return nothing;
  if (options.targetVersion !== undefined && mayBeAtLeast(options.targetVersion, 1, 25)) return nothing;
  const { namespace } = permission;
  const name = event.admitPolicy;
  const use = { verb: 'use', apiGroup: 'policy', resource: 'podsecuritypolicies', subresource: '', namespace, name };
  return onlyAccesses(inferred(request, 'pod-security-policy', use));
}
