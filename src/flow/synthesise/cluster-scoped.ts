// Which resources lie in no namespace: only to choose the right words for a list over the cluster, never to decide a grant.
// The API's own resources, v1.34 (`kubectl api-resources --namespaced=false`).

const clusterScoped: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['componentstatuses', 'namespaces', 'nodes', 'persistentvolumes']],
  [
    'admissionregistration.k8s.io',
    [
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'validatingwebhookconfigurations',
    ],
  ],
  ['apiextensions.k8s.io', ['customresourcedefinitions']],
  ['apiregistration.k8s.io', ['apiservices']],
  ['certificates.k8s.io', ['certificatesigningrequests', 'clustertrustbundles']],
  ['flowcontrol.apiserver.k8s.io', ['flowschemas', 'prioritylevelconfigurations']],
  ['internal.apiserver.k8s.io', ['storageversions']],
  ['metrics.k8s.io', ['nodes']],
  ['networking.k8s.io', ['ingressclasses', 'ipaddresses', 'servicecidrs']],
  ['node.k8s.io', ['runtimeclasses']],
  ['policy', ['podsecuritypolicies']],
  ['rbac.authorization.k8s.io', ['clusterrolebindings', 'clusterroles']],
  ['resource.k8s.io', ['deviceclasses', 'resourceslices']],
  ['scheduling.k8s.io', ['priorityclasses']],
  ['storage.k8s.io', ['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments', 'volumeattributesclasses']],
  ['storagemigration.k8s.io', ['storageversionmigrations']],
]);

export function isKnownClusterScoped(apiGroup: string, resource: string): boolean {
  return clusterScoped.get(apiGroup)?.includes(resource) ?? false;
}
