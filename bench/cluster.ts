// The cluster whose traffic is generated: about 300 identities with their groups and extras, and for each what it asks
// for. About 26,000 distinct combinations of user, verb, group, resource, subresource and namespace.
import { Random } from './random.ts';

/** How requests of one kind name their object. */
export type Naming =
  | { readonly kind: 'none' }
  /** One of a few names, over and over. */
  | { readonly kind: 'known'; readonly names: readonly string[] }
  /** A new name each time: a pod, an event. `inUri` is false for creates, whose name the log takes from the body. */
  | { readonly kind: 'fresh'; readonly prefix: string; readonly inUri: boolean };

export interface Identity {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly userAgent: string;
  readonly sourceIps: readonly string[];
  /** Pods the identity runs in, with their nodes; empty for people and nodes. */
  readonly pods: readonly {
    readonly name: string;
    readonly uid: string;
    readonly node: string;
    readonly nodeUid: string;
  }[];
  /** The reason the authorizer gives when it allows; empty for the node authorizer. */
  readonly reason: string;
}

/** One combination that an identity asks for again and again. */
export interface RequestKind {
  readonly identity: Identity;
  readonly verb: string;
  readonly apiGroup: string;
  readonly version: string;
  /** Empty for a path that is no resource; then `path` is set. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly path: string;
  readonly naming: Naming;
  readonly query: 'none' | 'watch' | 'list' | 'page' | 'apply' | 'patch' | 'timeout' | 'named';
  readonly code: number;
  readonly denied: boolean;
  /** How often, relative to the others. */
  readonly weight: number;
}

type Want = Omit<RequestKind, 'identity' | 'namespace' | 'naming'> & { readonly naming?: Naming };

const none: Naming = { kind: 'none' };

/** Builds the same cluster for the same seed. */
export function buildCluster(seed: number): RequestKind[] {
  const random = new Random(seed);
  const teams = [
    'payments',
    'orders',
    'search',
    'identity',
    'catalog',
    'billing',
    'shipping',
    'media',
    'ml',
    'edge',
    'growth',
    'data',
  ];
  const namespaces = teams.flatMap((team) =>
    ['prod', 'staging', 'dev', 'ci', 'load', 'demo', 'qa', 'jobs', 'tools', 'cache'].map((kind) => `${team}-${kind}`),
  );
  const nodes = Array.from({ length: 100 }, (_, i) => ({
    name: `ip-10-${20 + (i % 3)}-${(i * 37) % 250}-${(i * 91) % 250}.eu-central-1.compute.internal`,
    uid: random.uuid(),
  }));
  const kinds: RequestKind[] = [];
  for (const node of nodes) addNode(kinds, random, node, random.sample(namespaces, 4));
  for (const name of clusterControllers) addController(kinds, random, name, nodes, namespaces);
  for (let i = 0; i < 155; i += 1) addWorkload(kinds, random, i, nodes, random.pick(namespaces));
  for (let i = 0; i < people.length; i += 1)
    addPerson(kinds, random, people[i] as string, random.sample(namespaces, 5));
  return kinds;
}

const clusterControllers = [
  'kube-system:generic-garbage-collector',
  'kube-system:replicaset-controller',
  'kube-system:deployment-controller',
  'kube-system:endpointslice-controller',
  'kube-system:resourcequota-controller',
  'kube-system:horizontal-pod-autoscaler',
  'kube-system:job-controller',
  'kube-system:statefulset-controller',
  'kube-system:root-ca-cert-publisher',
  'kube-system:aws-load-balancer-controller',
  'argocd:argocd-application-controller',
  'cert-manager:cert-manager',
  'external-secrets:external-secrets',
  'kyverno:kyverno-background-controller',
  'monitoring:prometheus-operator',
  'velero:velero',
];

const people = [
  'anna.schmidt',
  'bela.kovacs',
  'chen.wei',
  "dana.o'neill",
  'emil.larsen',
  'fatima.haddad',
  'goran.ilic',
  'hanna.virtanen',
  'ines.moreau',
  'jonas.weber',
  'kavya.iyer',
  'liam.murphy',
  'mateo.garcia',
  'nora.lind',
  'olu.adeyemi',
  'petra.novak',
  'quentin.roy',
  'rosa.silva',
  'sven.olsen',
  'tomas.ruiz',
  'uma.nair',
  'vera.petrova',
  'wang.fang',
  'yusuf.demir',
];

function want(verb: string, resource: string, more: Partial<Want> = {}): Want {
  const [name = '', subresource = ''] = resource.split('/');
  const [plural = '', ...group] = name.split('.');
  const {
    apiGroup = group.join('.'),
    version = 'v1',
    query = 'none',
    code = 200,
    denied = false,
    weight = 1,
    path = '',
  } = more;
  return {
    verb,
    apiGroup,
    version,
    resource: plural,
    subresource,
    query,
    code,
    denied,
    weight,
    path,
    ...(more.naming && { naming: more.naming }),
  };
}

function fresh(prefix: string, inUri = true): Naming {
  return { kind: 'fresh', prefix, inUri };
}

function known(...names: string[]): Naming {
  return { kind: 'known', names };
}

function add(kinds: RequestKind[], identity: Identity, namespace: string, wants: readonly Want[]): void {
  for (const entry of wants) kinds.push({ naming: none, ...entry, identity, namespace });
}

type Node = { readonly name: string; readonly uid: string };

function addNode(kinds: RequestKind[], random: Random, node: Node, namespaces: readonly string[]): void {
  const identity: Identity = {
    username: `system:node:${node.name}`,
    uid: '',
    groups: ['system:nodes', 'system:authenticated'],
    userAgent: 'kubelet/v1.34.2 (linux/amd64) kubernetes/8cc511e',
    sourceIps: [node.name.slice(3).split('.')[0]?.replaceAll('-', '.') ?? ''],
    pods: [],
    reason: '',
  };
  add(kinds, identity, 'kube-node-lease', [
    want('update', 'leases.coordination.k8s.io', { naming: known(node.name), weight: 60, query: 'timeout' }),
    want('get', 'leases.coordination.k8s.io', { naming: known(node.name), weight: 10, query: 'timeout' }),
  ]);
  add(kinds, identity, '', [
    want('patch', 'nodes/status', { naming: known(node.name), weight: 12, query: 'timeout' }),
    want('get', 'nodes', { naming: known(node.name), weight: 8, query: 'list' }),
    want('watch', 'services', { query: 'watch' }),
    want('watch', 'csidrivers.storage.k8s.io', { query: 'watch' }),
    want('watch', 'pods', { query: 'watch' }),
    want('create', 'subjectaccessreviews.authorization.k8s.io', { code: 201, weight: 6 }),
    want('create', 'tokenreviews.authentication.k8s.io', { code: 201, weight: 6 }),
  ]);
  for (const namespace of namespaces) {
    add(kinds, identity, namespace, [
      want('get', 'pods', { naming: fresh('api-7d9f8b5c4d-'), weight: 5 }),
      want('patch', 'pods/status', { naming: fresh('api-7d9f8b5c4d-'), weight: 5, query: 'none' }),
      want('create', 'serviceaccounts/token', { naming: known('default', 'api', 'worker'), code: 201, weight: 2 }),
      want('watch', 'configmaps', { naming: known('kube-root-ca.crt', 'settings'), query: 'named', weight: 2 }),
      want('list', 'secrets', { naming: known('api-tls', 'db-credentials'), query: 'named' }),
      want('create', 'events', { naming: fresh('api-7d9f8b5c4d-x2x5z.', false), code: 201, weight: 3 }),
      want('delete', 'pods', { naming: fresh('job-2948'), weight: random.below(2) + 1 }),
    ]);
  }
}

function podsOf(random: Random, name: string, nodes: readonly Node[], count: number): Identity['pods'] {
  return Array.from({ length: count }, () => {
    const node = random.pick(nodes);
    return {
      name: `${name}-${random.suffix(9)}-${random.suffix(5)}`,
      uid: random.uuid(),
      node: node.name,
      nodeUid: node.uid,
    };
  });
}

function serviceAccount(
  random: Random,
  namespace: string,
  name: string,
  agent: string,
  nodes: readonly Node[],
  pods: number,
): Identity {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid: random.uuid(),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    userAgent: agent,
    sourceIps: [`10.${20 + random.below(3)}.${random.below(250)}.${random.below(250)}`],
    pods: podsOf(random, name, nodes, pods),
    reason: `RBAC: allowed by ClusterRoleBinding \\"${name}\\" of ClusterRole \\"${name}\\" to ServiceAccount \\"${name}/${namespace}\\"`,
  };
}

function addController(
  kinds: RequestKind[],
  random: Random,
  account: string,
  nodes: readonly Node[],
  namespaces: readonly string[],
): void {
  const [namespace = '', name = ''] = account.split(':');
  const agent =
    namespace === 'kube-system'
      ? `kube-controller-manager/v1.34.2 (linux/amd64) kubernetes/8cc511e/system:serviceaccount:${account}`
      : `${name}/v2.11.4 (linux/amd64) kubernetes/$Format/leader-election`;
  const identity = serviceAccount(random, namespace, name, agent, nodes, namespace === 'kube-system' ? 0 : 2);
  add(kinds, identity, namespace, [
    want('get', 'leases.coordination.k8s.io', { naming: known(name), weight: 500, query: 'timeout' }),
    want('update', 'leases.coordination.k8s.io', { naming: known(name), weight: 500, query: 'timeout' }),
  ]);
  const watched = [
    'pods',
    'services',
    'configmaps',
    'secrets',
    'namespaces',
    'nodes',
    'replicasets.apps',
    'deployments.apps',
    'jobs.batch',
    'endpointslices.discovery.k8s.io',
    'ingresses.networking.k8s.io',
    'applications.argoproj.io',
    'certificates.cert-manager.io',
  ];
  for (const resource of random.sample(watched, 8)) {
    add(kinds, identity, '', [
      want('watch', resource, { query: 'watch', weight: 25 }),
      want('list', resource, { query: 'page', weight: 4 }),
    ]);
  }
  add(
    kinds,
    identity,
    '',
    ['/api', '/apis', '/openapi/v3', '/version'].map((path) => want('get', '', { path, weight: 10 })),
  );
  const acts = [
    want('get', 'pods', { naming: fresh('worker-') }),
    want('create', 'pods', { naming: fresh('worker-', false), code: 201, weight: 2 }),
    want('patch', 'pods', { naming: fresh('worker-') }),
    want('delete', 'pods', { naming: fresh('worker-') }),
    want('get', 'configmaps', { naming: known('settings', 'features', 'kube-root-ca.crt') }),
    want('patch', 'configmaps', { naming: known('settings'), query: 'apply' }),
    want('update', 'replicasets.apps/status', { naming: known('api-7d9f8b5c4d', 'worker-5f6d7c8b9') }),
    want('get', 'deployments.apps', { naming: known('api', 'worker', 'web'), weight: 2 }),
    want('patch', 'deployments.apps', { naming: known('api', 'worker', 'web'), query: 'apply' }),
    want('update', 'deployments.apps/status', { naming: known('api', 'worker', 'web') }),
    want('update', 'endpointslices.discovery.k8s.io', { naming: known('api-x2x5z', 'web-k8s9q') }),
    want('create', 'events', { naming: fresh('api.', false), code: 201, weight: 3 }),
    want('patch', 'events', { naming: fresh('api.') }),
    want('get', 'secrets', { naming: known('api-tls', 'db-credentials') }),
    want('create', 'jobs.batch', { naming: fresh('nightly-', false), code: 201 }),
    want('update', 'jobs.batch/status', { naming: fresh('nightly-') }),
    want('list', 'persistentvolumeclaims', { query: 'page' }),
    want('patch', 'applications.argoproj.io', {
      naming: known('shop', 'platform'),
      query: 'patch',
      version: 'v1alpha1',
    }),
    want('update', 'resourcequotas/status', { naming: known('compute') }),
    want('get', 'services', { naming: known('api', 'web'), code: 404 }),
    want('delete', 'replicasets.apps', { naming: known('api-7d9f8b5c4d') }),
  ];
  for (const [rank, target] of namespaces.entries()) {
    const wants = random.sample(acts, 10);
    const busy = activityOf(rank);
    add(
      kinds,
      identity,
      target,
      wants.map((entry) => ({ ...entry, weight: entry.weight * busy })),
    );
  }
}

/** A few namespaces see most of the traffic, as everywhere; the quiet ones still see some. */
function activityOf(rank: number): number {
  return Math.max(0.2, 6 / (1 + rank * 0.35));
}

function addWorkload(
  kinds: RequestKind[],
  random: Random,
  index: number,
  nodes: readonly Node[],
  namespace: string,
): void {
  const name = `${random.pick(['api', 'worker', 'scheduler', 'gateway', 'indexer', 'exporter', 'operator', 'runner'])}-${index}`;
  const client = random.pick([
    'kubernetes-client/9.0.0',
    'OpenAPI-Generator/31.0.0/python',
    'fabric8-kubernetes-client/7.3.1',
    `${name}/v1.8.0 (linux/amd64) kubernetes/$Format`,
  ]);
  const identity = serviceAccount(random, namespace, name, client, nodes, 1 + random.below(3));
  const acts = [
    want('get', 'leases.coordination.k8s.io', { naming: known(name), weight: 20 }),
    want('update', 'leases.coordination.k8s.io', { naming: known(name), weight: 20 }),
    want('list', 'pods', { query: 'page', weight: 4 }),
    want('watch', 'pods', { query: 'watch', weight: 6 }),
    want('watch', 'configmaps', { query: 'watch', weight: 6 }),
    want('watch', 'secrets', { query: 'watch', weight: 3 }),
    want('get', 'configmaps', { naming: known('settings', 'features'), weight: 8 }),
    want('get', 'secrets', { naming: known('db-credentials'), weight: 4 }),
    want('create', 'events', { naming: fresh(`${name}.`, false), code: 201, weight: 3 }),
    want('get', 'pods', { naming: fresh('api-7d9f8b5c4d-'), weight: 3 }),
    want('get', 'pods/log', { naming: fresh('api-7d9f8b5c4d-') }),
    want('create', 'pods', { naming: fresh('run-', false), code: 201, weight: 2 }),
    want('delete', 'pods', { naming: fresh('run-'), weight: 2 }),
    want('patch', 'configmaps', { naming: known('state'), query: 'apply', code: 201 }),
    want('update', 'configmaps', { naming: known('state'), code: 409 }),
    want('list', 'nodes', { denied: true, code: 403, query: 'page' }),
    want('get', 'deployments.apps/scale', { naming: known('api', 'worker') }),
    want('patch', 'deployments.apps', { naming: known('api'), query: 'patch' }),
    want('list', 'endpointslices.discovery.k8s.io', { query: 'list' }),
    want('create', 'subjectaccessreviews.authorization.k8s.io', { code: 201, weight: 3 }),
  ];
  add(kinds, identity, namespace, random.sample(acts.slice(0, 15), 9).concat(random.sample(acts.slice(16, 19), 2)));
  add(kinds, identity, '', random.sample([acts[15] as Want, acts[19] as Want], random.below(2)));
  if (index % 6 === 0) add(kinds, identity, '', [want('get', '', { path: '/metrics', weight: 10 })]);
}

function addPerson(kinds: RequestKind[], random: Random, name: string, namespaces: readonly string[]): void {
  const team = (namespaces[0] ?? '').split('-')[0] ?? '';
  const identity: Identity = {
    username: `oidc:${name}@example.com`,
    uid: '',
    groups: [`oidc:team-${team}`, 'oidc:developers', 'system:authenticated'],
    userAgent: `kubectl/v1.34.1 (${random.pick(['darwin/arm64', 'linux/amd64'])}) kubernetes/93248f9`,
    sourceIps: [`203.0.113.${random.below(250)}`, '10.20.0.12'],
    pods: [],
    reason: `RBAC: allowed by RoleBinding \\"developers/${namespaces[0]}\\" of ClusterRole \\"edit\\" to Group \\"oidc:developers\\"`,
  };
  add(
    kinds,
    identity,
    '',
    ['/api', '/apis', '/openapi/v3', '/openapi/v3/apis/apps/v1', '/version'].map((path) => want('get', '', { path })),
  );
  add(kinds, identity, '', [
    want('list', 'namespaces', { query: 'page' }),
    want('list', 'nodes', { denied: true, code: 403, query: 'page' }),
  ]);
  for (const namespace of namespaces) {
    add(kinds, identity, namespace, [
      want('list', 'pods', { query: 'page', weight: 3 }),
      want('get', 'pods', { naming: fresh('api-7d9f8b5c4d-') }),
      want('get', 'pods/log', { naming: fresh('api-7d9f8b5c4d-') }),
      want('create', 'pods/exec', { naming: fresh('api-7d9f8b5c4d-'), code: 101 }),
      want('create', 'pods/portforward', { naming: fresh('api-7d9f8b5c4d-'), code: 101 }),
      want('get', 'deployments.apps', { naming: known('api', 'worker', 'web') }),
      want('patch', 'deployments.apps', { naming: known('api', 'worker', 'web'), query: 'apply' }),
      want('patch', 'deployments.apps/scale', { naming: known('api') }),
      want('patch', 'configmaps', { naming: known('settings'), query: 'apply', code: 201 }),
      want('list', 'events', { query: 'page' }),
      want('get', 'secrets', { naming: known('db-credentials'), denied: true, code: 403 }),
      want('delete', 'jobs.batch', { naming: fresh('nightly-') }),
    ]);
  }
}
