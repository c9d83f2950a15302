// Permissions that never show as a request of their own: what each kind of inference is, why, by which source, and whether
// it is granted unless the user says otherwise.
import type { InferenceKind } from '../types.ts';

export interface Inference {
  /** A heading. */
  readonly title: string;
  /** One sentence: why the permission is needed although no event shows it. */
  readonly reason: string;
  /** Function, file and version of the Kubernetes source that makes the check. */
  readonly source: string;
  /**
   * Whether its permissions are granted by default: yes where the check certainly took place or will, for what was seen
   * to work again; no where that depends on what a log cannot show.
   */
  readonly byDefault: boolean;
}

export const inferences: Readonly<Record<InferenceKind, Inference>> = {
  'create-on-update': {
    title: 'create behind an update or apply',
    reason:
      'An update or server-side apply was answered 201: it created the object, so create was authorised as well, with its name.',
    source: 'createAuthorizerAttributes, apiserver/pkg/endpoints/handlers/{update,patch}.go, v1.34',
    byDefault: true,
  },
  'websocket-create': {
    title: 'create behind a WebSocket',
    reason:
      'From Kubernetes 1.35 on, exec, attach and portforward over a WebSocket (a GET) need create as well as get.',
    source: 'ensureAuthorizedForVerb, pkg/registry/core/pod/rest/authorize.go, v1.37',
    byDefault: true,
  },
  escalate: {
    title: 'escalate behind a role',
    reason:
      'Writing a role needs every rule in it, or else the verb escalate; the subject is not known to hold these rules.',
    source: 'RoleEscalationAuthorized, pkg/registry/rbac/escalation_check.go, v1.37',
    byDefault: true,
  },
  bind: {
    title: 'bind behind a binding',
    reason:
      'Binding a role needs every rule in it, or else the verb bind on it; the subject is not known to hold these rules.',
    source: 'BindingAuthorized, pkg/registry/rbac/escalation_check.go, v1.37',
    byDefault: true,
  },
  sign: {
    title: 'permission on a signer',
    reason:
      'Approving or signing a certificate request, or attesting a trust bundle, needs approve, sign or attest on the signer that the object names.',
    source: 'IsAuthorizedForSignerName, pkg/certauthorization/certauthorization.go, v1.37',
    byDefault: true,
  },
  'owner-finalizers': {
    title: "update on an owner's finalizers",
    reason:
      'Setting blockOwnerDeletion needs update on the finalizers of the owner, on servers with the admission plugin OwnerReferencesPermissionEnforcement (off by default).',
    source: 'ownerRefToDeleteAttributeRecords, plugin/pkg/admission/gc/gc_admission.go, v1.37',
    byDefault: false,
  },
  'delegated-review': {
    title: 'asked for by a server on behalf of its caller',
    reason:
      'A server asked by SubjectAccessReview whether the subject may do this, and the answer was yes; the request itself went to that server and is in no audit log of this one.',
    source: 'Authorize, apiserver/plugin/pkg/authorizer/webhook/webhook.go, v1.34',
    byDefault: false,
  },
  'admission-param': {
    title: 'get on the parameters of an admission policy',
    reason: 'Writing an admission policy with a paramKind needs get on every object of that kind.',
    source: 'authorize, pkg/registry/admissionregistration/validatingadmissionpolicy/authz.go, v1.37',
    byDefault: true,
  },
  'resource-claim': {
    title: 'parts of the status of a resource claim',
    reason:
      'From Kubernetes 1.36 on, writing the status of a resource claim needs permissions on its binding and on its drivers.',
    source: 'AuthorizedForBinding and AuthorizedForDeviceStatus, pkg/registry/resource/utils.go, v1.37',
    byDefault: true,
  },
  'unsafe-delete': {
    title: 'delete that ignores read errors',
    reason: 'The delete asked to ignore read errors, which needs a verb of its own.',
    source: 'authorizeUnsafeDelete, apiserver/pkg/endpoints/handlers/delete.go, v1.34',
    byDefault: true,
  },
  'pod-security-policy': {
    title: 'use of a PodSecurityPolicy',
    reason:
      'The pod was admitted by this PodSecurityPolicy (up to Kubernetes 1.24), which its creator or its service account must be allowed to use; the log does not tell which of them was.',
    source: 'authorizedForPolicy, plugin/pkg/admission/security/podsecuritypolicy/admission.go, v1.24',
    byDefault: true,
  },
  informer: {
    title: 'list and get behind a watch',
    reason:
      'An informer falls back to a list when its watch expires or a streaming list is refused, and its program gets single objects when a cache is cold or an update conflicts; none was seen.',
    source: 'ListAndWatch, client-go/tools/cache/reflector.go, v1.34',
    byDefault: false,
  },
};

/** The inferences whose permissions are granted unless the user says otherwise. */
export const defaultInferences: ReadonlySet<InferenceKind> = new Set(
  (Object.keys(inferences) as InferenceKind[]).filter((kind) => inferences[kind].byDefault),
);
