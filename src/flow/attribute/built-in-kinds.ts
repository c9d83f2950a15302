// Kinds of Kubernetes itself -> their resources. Only what the API defines: a plural of anything else would be a guess.

/** The resource that a kind is served as. */
export interface KindResource {
  readonly apiGroup: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** The resource of a built-in kind, any version; `undefined` for all others, custom resources among them. */
export function resourceOfKind(apiVersion: string, kind: string): KindResource | undefined {
  const slash = apiVersion.indexOf('/');
  const apiGroup = slash < 0 ? '' : apiVersion.slice(0, slash);
  return resourceByKind.get(`${apiGroup}/${kind}`);
}

/** Whether the resource is one of Kubernetes' own that live outside namespaces. */
export function isClusterScoped(apiGroup: string, resource: string): boolean {
  return clusterScoped.has(`${apiGroup}/${resource}`);
}

// Group, then `Kind resource` pairs; from the storage maps of pkg/registry/*/rest, v1.37.
const namespacedKinds: readonly (readonly [string, string])[] = [
  ['', 'ConfigMap configmaps, Endpoints endpoints, Event events, LimitRange limitranges, Pod pods, Secret secrets'],
  ['', 'PersistentVolumeClaim persistentvolumeclaims, PodTemplate podtemplates, ResourceQuota resourcequotas'],
  ['', 'ReplicationController replicationcontrollers, Service services, ServiceAccount serviceaccounts'],
  ['apps', 'ControllerRevision controllerrevisions, DaemonSet daemonsets, Deployment deployments'],
  ['apps', 'ReplicaSet replicasets, StatefulSet statefulsets'],
  ['autoscaling', 'HorizontalPodAutoscaler horizontalpodautoscalers'],
  ['batch', 'CronJob cronjobs, Job jobs'],
  ['coordination.k8s.io', 'Lease leases, LeaseCandidate leasecandidates'],
  ['discovery.k8s.io', 'EndpointSlice endpointslices'],
  ['events.k8s.io', 'Event events'],
  ['networking.k8s.io', 'Ingress ingresses, NetworkPolicy networkpolicies'],
  ['policy', 'PodDisruptionBudget poddisruptionbudgets'],
  ['rbac.authorization.k8s.io', 'Role roles, RoleBinding rolebindings'],
  ['resource.k8s.io', 'ResourceClaim resourceclaims, ResourceClaimTemplate resourceclaimtemplates'],
  ['storage.k8s.io', 'CSIStorageCapacity csistoragecapacities'],
];

const clusterKinds: readonly (readonly [string, string])[] = [
  ['', 'Namespace namespaces, Node nodes, PersistentVolume persistentvolumes'],
  ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration mutatingwebhookconfigurations'],
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration validatingwebhookconfigurations'],
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicy validatingadmissionpolicies'],
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings'],
  ['admissionregistration.k8s.io', 'MutatingAdmissionPolicy mutatingadmissionpolicies'],
  ['admissionregistration.k8s.io', 'MutatingAdmissionPolicyBinding mutatingadmissionpolicybindings'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition customresourcedefinitions'],
  ['apiregistration.k8s.io', 'APIService apiservices'],
  ['certificates.k8s.io', 'CertificateSigningRequest certificatesigningrequests'],
  ['certificates.k8s.io', 'ClusterTrustBundle clustertrustbundles'],
  ['flowcontrol.apiserver.k8s.io', 'FlowSchema flowschemas'],
  ['flowcontrol.apiserver.k8s.io', 'PriorityLevelConfiguration prioritylevelconfigurations'],
  ['networking.k8s.io', 'IngressClass ingressclasses, IPAddress ipaddresses, ServiceCIDR servicecidrs'],
  ['node.k8s.io', 'RuntimeClass runtimeclasses'],
  ['policy', 'PodSecurityPolicy podsecuritypolicies'],
  ['rbac.authorization.k8s.io', 'ClusterRole clusterroles, ClusterRoleBinding clusterrolebindings'],
  ['resource.k8s.io', 'DeviceClass deviceclasses, ResourceSlice resourceslices'],
  ['scheduling.k8s.io', 'PriorityClass priorityclasses'],
  ['storage.k8s.io', 'CSIDriver csidrivers, CSINode csinodes, StorageClass storageclasses'],
  ['storage.k8s.io', 'VolumeAttachment volumeattachments, VolumeAttributesClass volumeattributesclasses'],
];

const resourceByKind: ReadonlyMap<string, KindResource> = new Map([
  ...entries(namespacedKinds, true),
  ...entries(clusterKinds, false),
]);

const clusterScoped: ReadonlySet<string> = new Set(
  [...resourceByKind.values()]
    .filter((found) => !found.namespaced)
    .map((found) => `${found.apiGroup}/${found.resource}`),
);

function entries(kinds: typeof namespacedKinds, namespaced: boolean): [string, KindResource][] {
  return kinds.flatMap(([apiGroup, pairs]) =>
    pairs.split(', ').map((pair): [string, KindResource] => {
      const [kind, resource] = pair.split(' ') as [string, string];
      return [`${apiGroup}/${kind}`, { apiGroup, resource, namespaced }];
    }),
  );
}
