// objectRef -> permission, for feeds without a request URI (GKE, shortened exports). The server fills empty fields of
// objectRef from the request's body, so what the authorizer cannot have seen is taken out again.
import type { ResourcePermission } from '../../rbac/permission.ts';
import type { ObjectRef } from '../types.ts';
import { isClusterScoped } from './built-in-kinds.ts';

/** The permission that an objectRef stands for: as near to the authorizer's attributes as it allows. */
export function permissionOfObjectRef(verb: string, ref: ObjectRef): ResourcePermission {
  const apiGroup = groupOf(ref);
  const { resource, subresource } = ref;
  return {
    verb,
    apiGroup,
    resource,
    subresource,
    namespace: namespaceOf(verb, ref, apiGroup),
    name: nameOf(verb, ref),
  };
}

// In v1alpha1 the group stands in apiVersion (`apps/v1`); later versions never write a slash there.
function groupOf(ref: ObjectRef): string {
  const slash = ref.apiVersion.indexOf('/');
  return ref.apiGroup === '' && slash > 0 ? ref.apiVersion.slice(0, slash) : ref.apiGroup;
}

// A plain create and a deletecollection are authorised without a name; a create on a subresource has it in its path.
// The name on a list or watch is the one its field selector requires: these requests have no body to take it from.
function nameOf(verb: string, ref: ObjectRef): string {
  if (verb === 'create' && ref.subresource === '') return '';
  return verb === 'deletecollection' ? '' : ref.name;
}

function namespaceOf(verb: string, ref: ObjectRef, apiGroup: string): string {
  if (verb === 'list' || verb === 'watch') return ref.namespace;
  if (apiGroup === '' && ref.resource === 'namespaces') return nameOf(verb, ref);
  // metadata.namespace in the body of a cluster-scoped object, common in charts, shows up here.
  return isClusterScoped(apiGroup, ref.resource) ? '' : ref.namespace;
}
