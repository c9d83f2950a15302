// All rules for hidden checks, in the order in which their accesses are listed.
import { admissionParam } from './admission-param.ts';
import { bindBehindBindingWrite } from './binding-writes.ts';
import { createOnUpdate } from './create-on-update.ts';
import { delegatedReview } from './delegated-review.ts';
import type { HiddenRule } from './hidden.ts';
import { ownerFinalizers } from './owner-finalizers.ts';
import { podSecurityPolicy } from './pod-security-policy.ts';
import { resourceClaimStatus } from './resource-claim.ts';
import { escalateBehindRoleWrite } from './role-writes.ts';
import { permissionOnSigner } from './signers.ts';
import { unsafeDelete } from './unsafe-delete.ts';
import { websocketCreate } from './websocket-create.ts';

/** `informer` is not among them: it follows from a subject's whole usage, not from one event. */
export const hiddenRules: readonly HiddenRule[] = [
  createOnUpdate,
  websocketCreate,
  escalateBehindRoleWrite,
  bindBehindBindingWrite,
  permissionOnSigner,
  ownerFinalizers,
  delegatedReview,
  admissionParam,
  resourceClaimStatus,
  unsafeDelete,
  podSecurityPolicy,
];
