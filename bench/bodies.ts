// Request and response bodies as API servers log them at level RequestResponse: pods and deployments with managedFields,
// ConfigMaps that hold escaped JSON, lists of Secrets, and reviews, all full of fields that look like an event's own.
import { Random } from './random.ts';

/** A body in two pieces: a resourceVersion goes between them. */
export interface Body {
  readonly before: string;
  readonly after: string;
}

export interface Bodies {
  /** Objects of many sizes, the largest above 100 KB. */
  readonly objects: readonly Body[];
  /** Reviews, as kubelets and API servers create them. */
  readonly reviews: readonly Body[];
}

/** The bodies that a log draws from. */
export function buildBodies(seed: number): Bodies {
  const random = new Random(seed);
  const bodies: Body[] = [];
  for (let i = 0; i < 60; i += 1) {
    bodies.push(pod(random, 1 + random.below(4)));
    bodies.push(deployment(random, 1 + random.below(3)));
    if (i % 2 === 0) bodies.push(configMap(random, 2 + random.below(40)));
    if (i % 10 === 0) bodies.push(secretList(random, 10 + random.below(90)));
  }
  return { objects: bodies, reviews: Array.from({ length: 20 }, () => review(random)) };
}

function metadata(random: Random, name: string, more: object = {}): object {
  return {
    name,
    namespace: 'orders-prod',
    uid: random.uuid(),
    resourceVersion: mark,
    creationTimestamp: '2026-11-02T06:11:09Z',
    labels: {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/managed-by': 'Helm',
      'pod-template-hash': '7d9f8b5c4d',
    },
    ...more,
  };
}

const mark = '@resourceVersion@';

/** As Go's encoder writes JSON: `<`, `>` and `&` escaped. */
function toBody(value: object): Body {
  const text = JSON.stringify(value).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  const [before = '', ...rest] = text.split(mark);
  return { before, after: rest.join('0') };
}

function managedFields(containers: readonly string[]): object[] {
  const fields = Object.fromEntries(
    containers.map((name) => [
      `k:{"name":"${name}"}`,
      Object.fromEntries(
        [
          '.',
          'f:args',
          'f:env',
          'f:image',
          'f:imagePullPolicy',
          'f:livenessProbe',
          'f:name',
          'f:ports',
          'f:readinessProbe',
          'f:resources',
          'f:volumeMounts',
        ].map((field) => [field, {}]),
      ),
    ]),
  );
  return ['kube-controller-manager', 'kubelet', 'argocd-controller'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-11-02T06:11:09Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} }, 'f:ownerReferences': {} },
      'f:spec': { 'f:containers': fields },
    },
    subresource: 'status',
  }));
}

function containersOf(random: Random, count: number): { name: string }[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${random.pick(['app', 'proxy', 'agent', 'metrics'])}-${i}`,
    image: `example.com/team/app:${random.suffix(7)}@sha256:${random.uuid().replaceAll('-', '').repeat(2)}`,
    args: ['--listen=:8080', '--filter=user<admin>&verb=get', `--seed=${random.suffix(12)}`],
    env: Array.from({ length: 6 }, (_, e) => ({ name: `SETTING_${e}`, value: random.suffix(20) })),
    resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ],
    terminationMessagePath: '/dev/termination-log',
  }));
}

function pod(random: Random, containers: number): Body {
  const list = containersOf(random, containers);
  const owners = [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'api-7d9f8b5c4d',
      uid: random.uuid(),
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
  return toBody({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: metadata(random, 'api-7d9f8b5c4d-x2x5z', {
      ownerReferences: owners,
      managedFields: managedFields(list.map((c) => c.name)),
    }),
    spec: {
      containers: list,
      serviceAccountName: 'api',
      nodeName: 'ip-10-20-1-2',
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
    },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      containerStatuses: list.map((c) => ({
        name: c.name,
        ready: true,
        restartCount: 0,
        containerID: `containerd://${random.uuid()}`,
      })),
    },
  });
}

function deployment(random: Random, containers: number): Body {
  const list = containersOf(random, containers);
  const applied = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { template: { spec: { containers: list } } },
  });
  return toBody({
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: metadata(random, 'api', {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied },
      managedFields: managedFields(list.map((c) => c.name)),
    }),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'api' } },
      template: { metadata: { labels: { app: 'api' } }, spec: { containers: list } },
    },
    status: {
      observedGeneration: 4,
      replicas: 3,
      conditions: [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }],
    },
  });
}

function configMap(random: Random, entries: number): Body {
  const event = {
    verb: 'get',
    user: { username: 'nobody', groups: ['system:masters'] },
    objectRef: { resource: 'secrets', namespace: 'kube-system' },
    stage: 'ResponseComplete',
  };
  const rules = Array.from({ length: entries }, () => ({
    ...event,
    auditID: random.uuid(),
    annotations: { 'authorization.k8s.io/decision': 'allow' },
  }));
  return toBody({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: metadata(random, 'settings'),
    data: {
      'rules.json': JSON.stringify(rules, null, 2),
      'app.conf': `# <generated> "quoted" & kept\nmode=${random.suffix(6)}\n`,
    },
  });
}

function review(random: Random): Body {
  return toBody({
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { resourceVersion: mark },
    spec: {
      resourceAttributes: { namespace: 'orders-prod', verb: 'get', resource: 'pods' },
      user: `system:serviceaccount:orders-prod:${random.suffix(4)}`,
      groups: ['system:serviceaccounts'],
    },
    status: {
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "r/orders-prod" of Role "r" to ServiceAccount "api/orders-prod"',
    },
  });
}

function secretList(random: Random, count: number): Body {
  const items = Array.from({ length: count }, (_, i) => ({
    metadata: { name: `secret-${i}`, namespace: 'orders-prod', uid: random.uuid(), managedFields: managedFields([]) },
    data: { password: random.suffix(64), 'tls.crt': random.suffix(400) },
    type: 'Opaque',
  }));
  return toBody({ kind: 'SecretList', apiVersion: 'v1', metadata: { resourceVersion: mark }, items });
}
