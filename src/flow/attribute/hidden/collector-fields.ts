// Whether a patch changes nothing but what the garbage collector works with: such a change of a role, a binding or a
// trust bundle is not checked again (IsOnlyMutatingGCFields, registry/rbac/helpers.go v1.37).
import { fieldOf, isObject, stringAt } from '../../../base/json-fields.ts';

const collectorPaths = ['/metadata/finalizers', '/metadata/ownerReferences'];
// A uid or resourceVersion in a patch is a precondition, not a change.
const collectorFields = new Set([
  'finalizers',
  'ownerReferences',
  'managedFields',
  'uid',
  'resourceVersion',
  'name',
  'namespace',
]);

/** True for merge patches and JSON patches of finalizers and owner references alone. */
export function changesOnlyCollectorFields(patch: unknown): boolean {
  if (Array.isArray(patch)) return patch.length > 0 && patch.every(isCollectorOperation);
  if (!isObject(patch)) return false;
  const metadata = fieldOf(patch, 'metadata');
  const keys = Object.keys(patch as object).filter((key) => key !== 'apiVersion' && key !== 'kind');
  if (keys.length !== 1 || !isObject(metadata)) return false;
  // Strategic merge patches carry directives: `$setElementOrder/ownerReferences`, `$retainKeys`.
  return Object.keys(metadata as object).every((key) => collectorFields.has(key.slice(key.indexOf('/') + 1)));
}

function isCollectorOperation(operation: unknown): boolean {
  const path = stringAt(operation, 'path');
  if (stringAt(operation, 'op') === 'test') return true;
  return collectorPaths.some((collected) => path === collected || path.startsWith(`${collected}/`));
}
