// An object -> what the API server would refuse in it, in the API's own words. Nothing here is a matter of taste.
// As pkg/apis/rbac/validation/validation.go and apimachinery's ValidateObjectMeta, v1.34.
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
} from './api-names.ts';
import { rbacApiVersion, rbacGroup } from './objects.ts';
import { type Fields, fieldsOf, invalid, required, unsupported } from './validate-fields.ts';
import { selectorProblems } from './validate-selector.ts';

const kinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'] as const;

/** Bytes of all keys and values of the annotations together (TotalAnnotationSizeLimitB). */
const annotationBytes = 256 * 1024;

/**
 * What makes the API server refuse to create the object, one sentence each, starting with the field:
 * `metadata.name: Invalid value: "a/b": may not contain '/'`. Empty when it takes it. Values of a wrong
 * type are reported alone: the API decodes before it validates. Fields that decide nothing in RBAC
 * (owner references, finalizers, managed fields) are not looked at. Takes anything and never throws.
 */
export function validateObject(object: unknown): string[] {
  const fields = fieldsOf(object, '');
  if (fields === undefined) return ['The object is not a mapping.'];
  const kind = fields.text('kind');
  if (!kinds.some((known) => known === kind)) return [unsupported('kind', kind, kinds)];
  const apiVersion = fields.text('apiVersion');
  if (apiVersion !== rbacApiVersion) fields.report(unsupported('apiVersion', apiVersion, [rbacApiVersion]));
  const namespaced = kind === 'Role' || kind === 'RoleBinding';
  checkMetadata(fields.inner('metadata'), namespaced);
  if (kind === 'Role' || kind === 'ClusterRole') checkRole(fields, namespaced);
  else checkBinding(fields, namespaced);
  const { ofType, ofValue } = fields.problems;
  return ofType.length > 0 ? ofType : ofValue;
}

function checkMetadata(metadata: Fields, namespaced: boolean): void {
  const name = metadata.text('name');
  if (name === '') metadata.report(required(metadata.path('name'), 'name or generateName is required'));
  metadata.reportInvalid('name', name, pathSegmentProblems(name));
  const namespace = metadata.text('namespace');
  if (!namespaced && namespace !== '') {
    metadata.report(`${metadata.path('namespace')}: Forbidden: not allowed on this type`);
  }
  if (namespaced && namespace === '') metadata.report(required(metadata.path('namespace')));
  if (namespaced && namespace !== '') metadata.reportInvalid('namespace', namespace, dnsLabelProblems(namespace));
  for (const [key, value] of metadata.textMap('labels')) {
    metadata.reportInvalid('labels', key, qualifiedNameProblems(key));
    metadata.reportInvalid('labels', value, labelValueProblems(value));
  }
  let bytes = 0;
  for (const [key, value] of metadata.textMap('annotations')) {
    metadata.reportInvalid('annotations', key, qualifiedNameProblems(key.toLowerCase()));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > annotationBytes) {
    metadata.report(`${metadata.path('annotations')}: Too long: may not be more than ${annotationBytes} bytes`);
  }
}

function checkRole(role: Fields, namespaced: boolean): void {
  for (const rule of role.list('rules')) checkRule(rule, namespaced);
  if (namespaced || !role.has('aggregationRule')) return;
  const aggregation = role.inner('aggregationRule');
  const selectors = aggregation.list('clusterRoleSelectors');
  if (selectors.length === 0) {
    const message = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    aggregation.report(required(aggregation.path('clusterRoleSelectors'), message));
  }
  for (const selector of selectors) selectorProblems(selector);
}

function checkRule(rule: Fields, namespaced: boolean): void {
  if (rule.texts('verbs').length === 0) {
    rule.report(required(rule.path('verbs'), 'verbs must contain at least one value'));
  }
  const urls = rule.texts('nonResourceURLs');
  const apiGroups = rule.texts('apiGroups');
  const resources = rule.texts('resources');
  const names = rule.texts('resourceNames');
  if (urls.length > 0) {
    if (namespaced) rule.reportInvalid('nonResourceURLs', urls, ['namespaced rules cannot apply to non-resource URLs']);
    if (apiGroups.length > 0 || resources.length > 0 || names.length > 0) {
      rule.reportInvalid('nonResourceURLs', urls, [
        'rules cannot apply to both regular resources and non-resource URLs',
      ]);
    }
    return;
  }
  if (apiGroups.length === 0) {
    rule.report(required(rule.path('apiGroups'), 'resource rules must supply at least one api group'));
  }
  if (resources.length === 0) {
    rule.report(required(rule.path('resources'), 'resource rules must supply at least one resource'));
  }
}

function checkBinding(binding: Fields, namespaced: boolean): void {
  const roleRef = binding.inner('roleRef');
  const apiGroup = roleRef.text('apiGroup');
  // Absent, it is defaulted to the RBAC group before it is validated (SetDefaults_RoleBinding).
  if (apiGroup !== '' && apiGroup !== rbacGroup) {
    roleRef.report(unsupported(roleRef.path('apiGroup'), apiGroup, [rbacGroup]));
  }
  const allowed = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const kind = roleRef.text('kind');
  if (!allowed.includes(kind)) roleRef.report(unsupported(roleRef.path('kind'), kind, allowed));
  const name = roleRef.text('name');
  if (name === '') roleRef.report(required(roleRef.path('name')));
  roleRef.reportInvalid('name', name, pathSegmentProblems(name));
  for (const subject of binding.list('subjects')) checkSubject(subject, namespaced);
}

function checkSubject(subject: Fields, namespaced: boolean): void {
  const kind = subject.text('kind');
  const name = subject.text('name');
  const apiGroup = subject.text('apiGroup');
  if (name === '') subject.report(required(subject.path('name')));
  if (kind === 'ServiceAccount') {
    if (name !== '') subject.reportInvalid('name', name, dnsSubdomainProblems(name));
    if (apiGroup !== '') subject.report(unsupported(subject.path('apiGroup'), apiGroup, ['']));
    if (!namespaced && subject.text('namespace') === '') subject.report(required(subject.path('namespace')));
    return;
  }
  if (kind !== 'User' && kind !== 'Group') {
    subject.report(unsupported(subject.path('kind'), kind, ['ServiceAccount', 'User', 'Group']));
    return;
  }
  if (name === '') subject.report(invalid(subject.path('name'), name, `${kind.toLowerCase()} name cannot be empty`));
  // Absent, it is defaulted as well (SetDefaults_Subject).
  if (apiGroup !== '' && apiGroup !== rbacGroup) {
    subject.report(unsupported(subject.path('apiGroup'), apiGroup, [rbacGroup]));
  }
}
