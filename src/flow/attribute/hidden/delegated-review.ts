// A server (an aggregated API server, kube-rbac-proxy, the kubelet) asks by SubjectAccessReview whether its caller may do
// something. The review tells of the caller, not of the server. A SelfSubjectAccessReview is a probe, never evidence.
import { at, isObject, stringAt, stringsAt } from '../../../base/json-fields.ts';
import type { Permission } from '../../../rbac/permission.ts';
import { subjectOfUsername } from '../../../rbac/subject.ts';
import { isSuccess } from '../decision.ts';
import { type AllowedRequest, type Hidden, nothing, onlyAccesses } from './hidden.ts';

export function delegatedReview(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (permission.apiGroup !== 'authorization.k8s.io' || permission.verb !== 'create') return nothing;
  if (permission.resource !== 'subjectaccessreviews' && permission.resource !== 'localsubjectaccessreviews')
    return nothing;
  const review = event.responseObject;
  if (!isSuccess(event.code) || at(review, 'status', 'allowed') !== true) return nothing;
  const username = stringAt(review, 'spec', 'user');
  const asked = askedPermission(review);
  if (username === '' || asked === undefined) return nothing;
  return onlyAccesses({
    subject: subjectOfUsername(username),
    // v1beta1 called the field group.
    groups: [...stringsAt(review, 'spec', 'groups'), ...stringsAt(review, 'spec', 'group')],
    permission: asked,
    verdict: 'allowed',
    inferred: 'delegated-review',
  });
}

// A review for `*` can be granted by nothing but a wildcard: too much to propose for a question.
function askedPermission(review: unknown): Permission | undefined {
  const url = at(review, 'spec', 'nonResourceAttributes');
  if (isObject(url)) {
    const verb = stringAt(url, 'verb');
    const path = stringAt(url, 'path');
    return verb === '*' || path === '' || path.includes('*') ? undefined : { verb, path };
  }
  const asked = at(review, 'spec', 'resourceAttributes');
  const [verb, apiGroup, resource, subresource] = ['verb', 'group', 'resource', 'subresource'].map((field) =>
    stringAt(asked, field),
  ) as [string, string, string, string];
  if (resource === '' || [verb, apiGroup, resource, subresource].includes('*')) return undefined;
  return {
    verb,
    apiGroup,
    resource,
    subresource,
    namespace: stringAt(asked, 'namespace'),
    name: stringAt(asked, 'name'),
  };
}
