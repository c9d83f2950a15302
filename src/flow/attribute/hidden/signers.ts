// Approving, signing and attesting need a permission on the signer, which is named in the object only
// (certauthorization.IsAuthorizedForSignerName; plugin/pkg/admission/certificates; podcertificaterequest/strategy.go).
import { arrayAt, stringAt } from '../../../base/json-fields.ts';
import {
  type AllowedRequest,
  type Hidden,
  inferred,
  isSuccessfulWrite,
  nothing,
  onlyAccesses,
  withoutBody,
  writtenObject,
} from './hidden.ts';

const certificatesGroup = 'certificates.k8s.io';

export function permissionOnSigner(request: AllowedRequest): Hidden {
  const { permission } = request;
  if (permission.apiGroup !== certificatesGroup || !isSuccessfulWrite(request)) return nothing;
  const verb = signerVerb(request);
  if (verb === undefined) return nothing;
  const object = writtenObject(request);
  const signer = stringAt(object, 'spec', 'signerName');
  // A trust bundle need not name one; then nothing is checked.
  if (signer === '' && verb === 'attest' && object !== undefined) return nothing;
  if (signer === '') return withoutBody(request, 'signer-underivable');
  if (verb === 'sign' && !changesCertificate(object)) return nothing;
  // A grant for `domain/*` would do as well and is wider.
  const access = {
    verb,
    apiGroup: certificatesGroup,
    resource: 'signers',
    subresource: '',
    namespace: '',
    name: signer,
  };
  return onlyAccesses(inferred(request, 'sign', access));
}

function signerVerb({ permission }: AllowedRequest): 'approve' | 'sign' | 'attest' | undefined {
  const { resource, subresource, verb } = permission;
  if (resource === 'clustertrustbundles' && subresource === '') return 'attest';
  if (verb === 'create') return undefined;
  if (resource === 'certificatesigningrequests' && subresource === 'approval') return 'approve';
  if (resource === 'certificatesigningrequests' && subresource === 'status') return 'sign';
  return resource === 'podcertificaterequests' && subresource === 'status' ? 'sign' : undefined;
}

// Checked when the certificate or the conditions change; without them there is nothing that can have changed.
function changesCertificate(object: unknown): boolean {
  if (stringAt(object, 'status', 'certificate') !== '' || stringAt(object, 'status', 'certificateChain') !== '')
    return true;
  return arrayAt(object, 'status', 'conditions').length > 0;
}
