// Whoever writes an admission policy with a paramKind must be able to get every object of that kind; whoever binds it with
// a paramRef, that object (admissionregistration/{validating,mutating}admissionpolicy{,binding}/authz.go, v1.37).
import { at, isObject, stringAt } from '../../../base/json-fields.ts';
import { resourceOfKind } from '../built-in-kinds.ts';
import {
  type AllowedRequest,
  type Hidden,
  inferred,
  isSuccessfulWrite,
  nothing,
  onlyAccesses,
  onlyNotes,
  withoutBody,
  writtenObject,
} from './hidden.ts';

const policies = new Set(['validatingadmissionpolicies', 'mutatingadmissionpolicies']);
const bindings = new Set(['validatingadmissionpolicybindings', 'mutatingadmissionpolicybindings']);

export function admissionParam(request: AllowedRequest): Hidden {
  const { apiGroup, resource, subresource } = request.permission;
  if (apiGroup !== 'admissionregistration.k8s.io' || subresource !== '' || !isSuccessfulWrite(request)) return nothing;
  if (!policies.has(resource) && !bindings.has(resource)) return nothing;
  const object = writtenObject(request);
  if (object === undefined) return withoutBody(request, 'param-underivable');
  return policies.has(resource) ? paramKind(request, object) : paramRef(object);
}

// Asked with namespace and name `*`: only a rule without names in a ClusterRoleBinding answers that, which is what a
// permission without namespace and name stands for.
function paramKind(request: AllowedRequest, policy: unknown): Hidden {
  const kind = at(policy, 'spec', 'paramKind');
  if (!isObject(kind)) return nothing;
  const mapped = resourceOfKind(stringAt(kind, 'apiVersion'), stringAt(kind, 'kind'));
  if (mapped === undefined) return onlyNotes('param-underivable');
  const { apiGroup, resource } = mapped;
  const get = { verb: 'get', apiGroup, resource, subresource: '', namespace: '', name: '' };
  return onlyAccesses(inferred(request, 'admission-param', get));
}

// The kind of the object is in the policy, which this request does not carry.
function paramRef(binding: unknown): Hidden {
  return isObject(at(binding, 'spec', 'paramRef')) ? onlyNotes('param-underivable') : nothing;
}
