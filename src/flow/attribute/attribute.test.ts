import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePermission } from '../../rbac/permission.ts';
import { subjectKey } from '../../rbac/subject.ts';
import type { Access, AuditEvent, InferenceKind, NoteKind, UserInfo } from '../types.ts';
import { attribute } from './attribute.ts';
import { defaultInferences, inferences } from './inferences.ts';
import { notes } from './notes.ts';
import { type AttributeOptions, defaultAttributeOptions, parseKubernetesVersion } from './options.ts';

const worker = 'system:serviceaccount:a:sa';
const workerGroups = ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'];

function user(username: string, groups: readonly string[] = ['system:authenticated']): UserInfo {
  return { username, uid: '', groups, extra: {} };
}

function withoutGroups(username: string): UserInfo {
  return { ...user(username), groups: undefined };
}

function eventWith(fields: Partial<AuditEvent>): AuditEvent {
  return {
    origin: 'audit',
    level: 'Metadata',
    stage: 'ResponseComplete',
    verb: 'get',
    requestUri: '/api/v1/namespaces/a/pods/p',
    user: user(worker, workerGroups),
    impersonatedUser: undefined,
    impersonationConstraint: '',
    userAgent: '',
    objectRef: undefined,
    code: 200,
    message: '',
    decision: 'allow',
    reason: '',
    admitPolicy: '',
    requestObject: undefined,
    responseObject: undefined,
    ownerReferences: [],
    ...fields,
  };
}

function tell(
  fields: Partial<AuditEvent>,
  options: Partial<AttributeOptions> = {},
): { accesses: string[]; notes: NoteKind[] } {
  const attribution = attribute(eventWith(fields), { ...defaultAttributeOptions, ...options });
  return { accesses: attribution.accesses.map(written), notes: attribution.notes.map((note) => note.kind) };
}

/** `allowed system:serviceaccount:a:sa get pods in a (name p)`, without the words `allowed` and the usual worker. */
function written(access: Access): string {
  const who = subjectKey(access.subject) === worker ? '' : `${subjectKey(access.subject)}: `;
  const verdict = access.verdict === 'denied' ? 'denied ' : '';
  const kind = access.inferred === undefined ? '' : `${access.inferred}: `;
  const held = access.unlessHeld === undefined ? '' : ` unless ${access.unlessHeld.length} rules are held`;
  return `${verdict}${who}${kind}${describePermission(access.permission)}${held}`;
}

const own = 'get pods in a (name p)';
const noDecision = { decision: '', reason: '' };
const trust = { trustSuccess: true };

describe('what counts as authorised use', () => {
  it.each<[string, Partial<AuditEvent>, Partial<AttributeOptions>, string[], NoteKind[]]>([
    ['allow', {}, {}, [own], []],
    ['allow, answered by anything', { code: 500 }, {}, [own], []],
    ['allow, at ResponseStarted', { stage: 'ResponseStarted' }, {}, [own], []],
    ['allow, ended by a panic', { stage: 'Panic', code: 500 }, {}, [own], []],
    ['allow, refused by admission', { code: 403, message: 'pods "p" is forbidden: no' }, {}, [own], []],
    ['forbid', { decision: 'forbid', code: 403 }, {}, [`denied ${own}`], ['denied']],
    ['no decision', { ...noDecision, code: 200 }, {}, [], ['no-decision']],
    ['no decision, success trusted', noDecision, trust, [own], ['trusted-success']],
    ['no decision, 404 trusted', { ...noDecision, code: 404 }, trust, [own], ['trusted-success']],
    ['no decision, upgrade trusted', { ...noDecision, code: 101 }, trust, [own], ['trusted-success']],
    ['no decision, 403 never trusted', { ...noDecision, code: 403 }, trust, [], ['no-decision']],
    ['no decision, 429 never trusted', { ...noDecision, code: 429 }, trust, [], ['no-decision']],
    ['the authorizer failed', { decision: '', reason: 'internal error', code: 500 }, trust, [], ['no-decision']],
    ['received only, whatever it says', { stage: 'RequestReceived' }, trust, [], ['no-decision']],
    ['unauthenticated', { user: user('', []), decision: '', code: 401 }, trust, [], ['unauthenticated']],
  ])('%s', (_name, fields, options, accesses, kinds) => {
    expect(tell(fields, options)).toEqual({ accesses, notes: kinds });
  });
});

describe('notes on who asked and who answered', () => {
  it.each<[string, Partial<AuditEvent>, NoteKind[]]>([
    ['system:masters', { user: user('root', ['system:masters', 'system:authenticated']) }, ['system-masters']],
    ['a node', { user: user('system:node:n', ['system:nodes', 'system:authenticated']) }, ['node-authorizer']],
    ['anonymous', { user: user('system:anonymous', ['system:unauthenticated']) }, ['anonymous']],
    ['a feed without groups', { user: withoutGroups('alice') }, ['groups-not-logged']],
    ['a feed that emptied the groups', { user: user('alice', []) }, ['groups-not-logged']],
    ['a cloud that allowed it', { reason: 'access granted by IAM permissions.' }, ['not-by-rbac']],
    ['an EKS access policy', { reason: 'EKS Access Policy: allowed by ClusterRoleBinding "x"' }, ['not-by-rbac']],
    ['RBAC', { reason: 'RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "z"' }, []],
    ['no reason: masters, nodes, or a server without RBAC', { reason: '' }, []],
    ['a refusal, for whatever reason', { decision: 'forbid', reason: 'rbac: RBAC: not found' }, ['denied']],
  ])('%s', (_name, fields, kinds) => {
    expect(tell(fields).notes).toEqual(kinds);
  });

  it('assumes the groups that every such user has, only where none were logged', () => {
    const groups = (fields: UserInfo) => attribute(eventWith({ user: fields }), defaultAttributeOptions).groups;

    expect(groups(withoutGroups(worker))).toEqual(workerGroups);
    expect(groups(withoutGroups('alice'))).toEqual(['system:authenticated']);
    expect(groups(withoutGroups('system:anonymous'))).toEqual(['system:unauthenticated']);
    expect(groups(user('alice', ['devs']))).toEqual(['devs']);
  });

  it('has a sentence for every note and inference', () => {
    const sentences = [...Object.values(notes), ...Object.values(inferences).map((inference) => inference.reason)];
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[.]$/);
    const off: InferenceKind[] = ['owner-finalizers', 'delegated-review', 'informer'];
    expect(
      Object.keys(inferences)
        .filter((kind) => !defaultInferences.has(kind as InferenceKind))
        .sort(),
    ).toEqual(off.sort());
  });
});

describe('feeds without a request URI', () => {
  const ref = { resource: 'configmaps', subresource: '', namespace: 'a', name: 'c', apiGroup: '', apiVersion: 'v1' };

  it.each<[string, string, Partial<typeof ref>, string]>([
    ['a get', 'get', {}, 'get configmaps in a (name c)'],
    ['a plain create has no name', 'create', {}, 'create configmaps in a'],
    [
      'a create on a subresource has one',
      'create',
      { resource: 'pods', subresource: 'eviction' },
      'create pods/eviction in a (name c)',
    ],
    ['a deletecollection has no name', 'deletecollection', {}, 'deletecollection configmaps in a'],
    ['a list has the name of its selector', 'list', {}, 'list configmaps in a (name c)'],
    [
      'a group inside the version',
      'get',
      { apiVersion: 'apps/v1', resource: 'deployments' },
      'get deployments.apps in a (name c)',
    ],
    ['a namespace leaked from the body', 'update', { resource: 'nodes' }, 'update nodes (name c)'],
    [
      'a namespace is inside itself',
      'patch',
      { resource: 'namespaces', namespace: '', name: 'n' },
      'patch namespaces in n (name n)',
    ],
    ['but is created outside', 'create', { resource: 'namespaces', name: 'n' }, 'create namespaces'],
  ])('%s', (_name, verb, fields, expected) => {
    expect(tell({ verb, requestUri: '', objectRef: { ...ref, ...fields } })).toEqual({
      accesses: [expected],
      notes: ['name-from-object-ref'],
    });
  });

  it('falls back to objectRef where the URI cannot be read, and says so where there is none', () => {
    expect(tell({ requestUri: '/api/v1/x%', objectRef: ref })).toEqual({
      accesses: ['get configmaps in a (name c)'],
      notes: ['unreadable-uri', 'name-from-object-ref'],
    });
    expect(tell({ requestUri: '/api/v1/x%' })).toEqual({ accesses: [], notes: ['unreadable-uri'] });
    expect(tell({ requestUri: '' })).toEqual({ accesses: [], notes: ['unreadable-uri'] });
  });
});

describe('impersonation', () => {
  function impersonate(impersonatedUser: UserInfo, fields: Partial<AuditEvent> = {}): string[] {
    return tell({ user: user('boss'), impersonatedUser, ...fields }).accesses.filter((line) => line.startsWith('boss'));
  }

  it('books the request to the impersonated user, with its groups', () => {
    const attribution = attribute(
      eventWith({ user: user('boss'), impersonatedUser: user('bob', ['g', 'system:authenticated']) }),
      defaultAttributeOptions,
    );

    expect(attribution.subject).toEqual({ kind: 'User', name: 'bob' });
    expect(attribution.groups).toEqual(['g', 'system:authenticated']);
    expect(attribution.accesses.map(written)).toEqual([
      'boss: impersonate users (name bob)',
      'boss: impersonate groups (name g)',
      `bob: ${own}`,
    ]);
    expect(attribution.accesses[0]?.groups).toEqual(['system:authenticated']);
  });

  it('proves itself where the request was refused, or not even judged', () => {
    const bob = user('bob');
    expect(impersonate(bob, { decision: 'forbid' })).toEqual(['boss: impersonate users (name bob)']);
    expect(impersonate(bob, { decision: '', code: 429 })).toEqual(['boss: impersonate users (name bob)']);
    expect(impersonate(bob, { stage: 'RequestReceived' })).toEqual([]);
  });

  it.each<[string, string, string[], string[]]>([
    ['the group appended by the server', 'bob', ['system:authenticated'], []],
    ['no groups in the log', 'bob', [], []],
    ['a group before the one appended', 'bob', ['g', 'system:authenticated'], ['g']],
    ['one asked for twice', 'bob', ['g', 'g', 'system:authenticated'], ['g']],
    ['authenticated asked for, not last', 'bob', ['system:authenticated', 'g'], ['system:authenticated', 'g']],
    ['unauthenticated asked for: nothing is appended', 'bob', ['system:unauthenticated'], ['system:unauthenticated']],
    [
      'both asked for',
      'bob',
      ['system:unauthenticated', 'system:authenticated'],
      ['system:unauthenticated', 'system:authenticated'],
    ],
    ['anonymous gets the other one', 'system:anonymous', ['system:unauthenticated'], []],
    [
      'anonymous, authenticated asked for',
      'system:anonymous',
      ['system:authenticated', 'system:unauthenticated'],
      ['system:authenticated'],
    ],
    ['a service account with its own', 'system:serviceaccount:a:x', workerGroups, []],
    [
      'a service account with one more',
      'system:serviceaccount:a:x',
      ['g', ...workerGroups],
      ['g', ...workerGroups.slice(0, 2)],
    ],
    ['a service account of another namespace', 'system:serviceaccount:b:x', workerGroups, workerGroups.slice(0, 2)],
  ])('asks for groups: %s', (_name, username, groups, asked) => {
    const lines = impersonate(user(username, groups)).filter((line) => line.includes(' groups '));
    expect(lines).toEqual(asked.map((group) => `boss: impersonate groups (name ${group})`));
  });

  it.each(['system:serviceaccount:a:UPPER', 'system:serviceaccount:B:x', 'system:serviceaccount:a.b:x'])(
    'asks for a user by a name that no service account can have: %s',
    (username) => {
      const namespace = username.split(':')[2] as string;
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
      expect(impersonate(user(username))).toEqual([`boss: impersonate users (name ${username})`]);
      expect(impersonate(user(username, groups))).toEqual([
        `boss: impersonate users (name ${username})`,
        ...groups.slice(0, 2).map((group) => `boss: impersonate groups (name ${group})`),
      ]);
    },
  );
  it('asks for uid and extra in the authentication group', () => {
    const extra = { 'example.com/scopes': ['v1', 'v2'], empty: [] };
    expect(impersonate({ username: worker, uid: 'u', groups: workerGroups, extra })).toEqual([
      'boss: impersonate serviceaccounts in a (name sa)',
      'boss: impersonate uids.authentication.k8s.io (name u)',
      'boss: impersonate userextras.authentication.k8s.io/example.com/scopes (name v1)',
      'boss: impersonate userextras.authentication.k8s.io/example.com/scopes (name v2)',
    ]);
  });

  it.each<[string, string, UserInfo, string[]]>([
    [
      'user-info',
      'impersonate:user-info',
      user('bob', ['g', 'system:authenticated']),
      ['users.authentication.k8s.io (name bob)', 'groups.authentication.k8s.io (name g)'],
    ],
    [
      'serviceaccount',
      'impersonate:serviceaccount',
      user(worker, workerGroups),
      ['serviceaccounts.authentication.k8s.io in a (name sa)'],
    ],
    [
      'arbitrary-node',
      'impersonate:arbitrary-node',
      user('system:node:n', ['system:nodes', 'system:authenticated']),
      ['nodes.authentication.k8s.io (name n)'],
    ],
    [
      'associated-node, for all nodes at once',
      'impersonate:associated-node',
      user('system:node:n', ['system:nodes', 'system:authenticated']),
      ['nodes.authentication.k8s.io (name *)'],
    ],
  ])('constrained: %s', (_name, impersonationConstraint, impersonated, checks) => {
    const mode = impersonationConstraint.slice('impersonate:'.length);
    expect(impersonate(impersonated, { impersonationConstraint })).toEqual([
      ...checks.map((check) => `boss: ${impersonationConstraint} ${check}`),
      `boss: impersonate-on:${mode}:${own}`,
    ]);
  });
});

describe('checks behind a request', () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const roles = `${rbac}/namespaces/a/roles`;
  const bindings = `${rbac}/namespaces/a/rolebindings`;
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
  const role = { kind: 'Role', rules };
  const request = { level: 'Request', code: 201 };
  const csr = '/apis/certificates.k8s.io/v1/certificatesigningrequests/c';
  const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  const claim = '/apis/resource.k8s.io/v1/namespaces/a/resourceclaims/c/status';
  const exec = '/api/v1/namespaces/a/pods/p/exec';

  it.each<[string, Partial<AuditEvent>, string[], NoteKind[], string?]>([
    // create behind update and apply
    ['an update that created', { verb: 'update', code: 201 }, ['create-on-update: create pods in a (name p)'], []],
    ['an update of what was there', { verb: 'update', code: 200 }, [], []],
    ['a patch that GKE logged without its HTTP code', { verb: 'patch', origin: 'gke' }, [], ['apply-outcome-unknown']],
    ['a patch in conflict', { verb: 'patch', code: 409 }, [], ['apply-outcome-unknown']],
    [
      'a patch refused by admission',
      { verb: 'patch', code: 403, message: 'pods "p" is forbidden: no' },
      [],
      ['apply-outcome-unknown'],
    ],
    [
      'a patch refused for create',
      {
        verb: 'patch',
        code: 403,
        message: 'pods "p" is forbidden: User "x" cannot create resource "pods" in API group ""',
      },
      ['denied create pods in a (name p)'],
      ['secondary-authorization-denied'],
    ],
    // WebSockets
    [
      'exec, target unknown',
      { requestUri: exec },
      ['websocket-create: create pods/exec in a (name p)'],
      ['websocket-create-needed-from-1.35'],
    ],
    ['exec, target new', { requestUri: exec }, ['websocket-create: create pods/exec in a (name p)'], [], '1.35'],
    ['exec, target old', { requestUri: exec }, [], ['websocket-create-needed-from-1.35'], '1.34.9'],
    [
      'exec, refused for create',
      { requestUri: exec, code: 403, message: 'pods "p" is forbidden: ' },
      ['denied create pods/exec in a (name p)'],
      ['secondary-authorization-denied'],
    ],
    [
      'exec, refused by admission',
      { requestUri: exec, code: 403, message: 'pods "p" is forbidden: no shells' },
      [],
      [],
    ],
    ['log', { requestUri: '/api/v1/namespaces/a/pods/p/log' }, [], []],
    // roles
    [
      'a role created',
      { ...request, verb: 'create', requestUri: roles, requestObject: role },
      ['escalate: escalate roles.rbac.authorization.k8s.io in a unless 1 rules are held'],
      [],
    ],
    [
      'a role updated',
      { ...request, code: 200, verb: 'update', requestUri: `${roles}/r`, requestObject: role },
      ['escalate: escalate roles.rbac.authorization.k8s.io in a (name r) unless 1 rules are held'],
      [],
    ],
    [
      'an empty role',
      { ...request, verb: 'create', requestUri: roles, requestObject: { kind: 'Role', rules: [] } },
      [],
      [],
    ],
    [
      'a role refused',
      {
        ...request,
        code: 403,
        verb: 'create',
        requestUri: roles,
        requestObject: role,
        message: 'attempting to grant RBAC permissions not currently held',
      },
      [],
      ['secondary-authorization-denied'],
    ],
    ['a role deleted', { ...request, code: 200, verb: 'delete', requestUri: `${roles}/r` }, [], []],
    [
      'a role without its body',
      { ...request, verb: 'create', requestUri: roles },
      [],
      ['escalate-or-hold-underivable', 'bodies-missing'],
    ],
    [
      'a role at Metadata level',
      { ...request, level: 'Metadata', verb: 'create', requestUri: roles },
      [],
      ['escalate-or-hold-underivable'],
    ],
    [
      'a role whose body was replaced',
      { ...request, verb: 'create', requestUri: roles, requestObject: { skipped: 'too big' } },
      [],
      ['escalate-or-hold-underivable'],
    ],
    [
      'a label patch of a role',
      { ...request, code: 200, verb: 'patch', requestUri: `${roles}/r`, requestObject: { metadata: { labels: {} } } },
      [],
      ['escalate-or-hold-underivable'],
    ],
    [
      'a label patch whose answer was logged',
      {
        ...request,
        code: 200,
        verb: 'patch',
        requestUri: `${roles}/r`,
        requestObject: [{ op: 'add', path: '/metadata/labels/x', value: 'y' }],
        responseObject: role,
      },
      ['escalate: escalate roles.rbac.authorization.k8s.io in a (name r) unless 1 rules are held'],
      [],
    ],
    [
      'a patch of finalizers',
      {
        ...request,
        code: 200,
        verb: 'patch',
        requestUri: `${roles}/r`,
        requestObject: { metadata: { finalizers: null } },
        responseObject: role,
      },
      [],
      [],
    ],
    [
      'an aggregated role needs everything',
      {
        ...request,
        verb: 'create',
        requestUri: `${rbac}/clusterroles`,
        requestObject: { kind: 'ClusterRole', rules: null, aggregationRule: { clusterRoleSelectors: [{}] } },
      },
      ['escalate: escalate clusterroles.rbac.authorization.k8s.io unless 2 rules are held'],
      [],
    ],
    // bindings
    [
      'a binding',
      {
        ...request,
        verb: 'create',
        requestUri: bindings,
        requestObject: { roleRef: { kind: 'ClusterRole', name: 'view' } },
      },
      ['bind: bind clusterroles.rbac.authorization.k8s.io in a (name view)'],
      [],
    ],
    [
      'a cluster binding',
      {
        ...request,
        verb: 'create',
        requestUri: `${rbac}/clusterrolebindings`,
        requestObject: { roleRef: { kind: 'ClusterRole', name: 'view' } },
      },
      ['bind: bind clusterroles.rbac.authorization.k8s.io (name view)'],
      [],
    ],
    [
      'a binding to a role',
      { ...request, verb: 'create', requestUri: bindings, requestObject: { roleRef: { kind: 'Role', name: 'r' } } },
      ['bind: bind roles.rbac.authorization.k8s.io in a (name r)'],
      [],
    ],
    [
      'a patched binding without a roleRef',
      {
        ...request,
        code: 200,
        verb: 'patch',
        requestUri: `${bindings}/b`,
        requestObject: { metadata: { labels: {} } },
      },
      [],
      ['bind-or-hold-underivable'],
    ],
    // signers
    [
      'an approval',
      {
        ...request,
        code: 200,
        verb: 'update',
        requestUri: `${csr}/approval`,
        requestObject: { spec: { signerName: 'x.io/s' } },
      },
      ['sign: approve signers.certificates.k8s.io (name x.io/s)'],
      [],
    ],
    [
      'an approval by patch',
      { ...request, code: 200, verb: 'patch', requestUri: `${csr}/approval`, requestObject: { status: {} } },
      [],
      ['signer-underivable'],
    ],
    [
      'a signature',
      {
        ...request,
        code: 200,
        verb: 'update',
        requestUri: `${csr}/status`,
        requestObject: { spec: { signerName: 'x.io/s' }, status: { certificate: 'x' } },
      },
      ['sign: sign signers.certificates.k8s.io (name x.io/s)'],
      [],
    ],
    [
      'a status without signature',
      {
        ...request,
        code: 200,
        verb: 'update',
        requestUri: `${csr}/status`,
        requestObject: { spec: { signerName: 'x.io/s' }, status: {} },
      },
      [],
      [],
    ],
    [
      'a trust bundle',
      {
        ...request,
        verb: 'create',
        requestUri: '/apis/certificates.k8s.io/v1beta1/clustertrustbundles',
        requestObject: { spec: { signerName: 'x.io/s' } },
      },
      ['sign: attest signers.certificates.k8s.io (name x.io/s)'],
      [],
    ],
    [
      'a trust bundle of nobody',
      {
        ...request,
        verb: 'create',
        requestUri: '/apis/certificates.k8s.io/v1beta1/clustertrustbundles',
        requestObject: { spec: {} },
      },
      [],
      [],
    ],
    [
      'a request for a certificate',
      {
        ...request,
        verb: 'create',
        requestUri: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
        requestObject: { spec: { signerName: 'x.io/s' } },
      },
      [],
      [],
    ],
    // owners
    [
      'owners',
      {
        verb: 'create',
        requestUri: '/api/v1/namespaces/a/pods',
        code: 201,
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', blockOwnerDeletion: true },
          { apiVersion: 'v1', kind: 'Node', name: 'n', blockOwnerDeletion: true },
          { apiVersion: 'x.io/v1', kind: 'Thing', name: 't', blockOwnerDeletion: true },
          { apiVersion: 'x.io/v1', kind: 'Other', name: 'o', blockOwnerDeletion: false },
        ],
      },
      [
        'owner-finalizers: update replicasets.apps/finalizers in a (name r)',
        'owner-finalizers: update nodes/finalizers (name n)',
      ],
      ['owner-kind-unmapped'],
    ],
    // admission policies
    [
      'a policy with parameters',
      {
        ...request,
        verb: 'create',
        requestUri: policies,
        requestObject: { spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } },
      },
      ['admission-param: get configmaps'],
      [],
    ],
    ['a policy without', { ...request, verb: 'create', requestUri: policies, requestObject: { spec: {} } }, [], []],
    [
      'a policy with parameters of an unknown kind',
      {
        ...request,
        verb: 'create',
        requestUri: policies,
        requestObject: { spec: { paramKind: { apiVersion: 'x.io/v1', kind: 'T' } } },
      },
      [],
      ['param-underivable'],
    ],
    [
      'a policy binding with a parameter',
      {
        ...request,
        verb: 'create',
        requestUri: policies.replace(/policies$/, 'policybindings'),
        requestObject: { spec: { paramRef: { name: 'c' } } },
      },
      [],
      ['param-underivable'],
    ],
    // resource claims
    [
      'the status of a claim',
      {
        ...request,
        code: 200,
        verb: 'patch',
        requestUri: claim,
        requestObject: { status: { allocation: {}, devices: [{ driver: 'd.io' }, { driver: 'd.io' }] } },
      },
      [
        'resource-claim: patch resourceclaims.resource.k8s.io/binding',
        'resource-claim: arbitrary-node:patch resourceclaims.resource.k8s.io/driver in a (name d.io)',
      ],
      [],
    ],
    [
      'the status of a claim, target old',
      { ...request, code: 200, verb: 'patch', requestUri: claim, requestObject: { status: { allocation: {} } } },
      [],
      [],
      '1.35',
    ],
    // deletes and pods of old
    [
      'an unsafe delete',
      { verb: 'delete', requestObject: { ignoreStoreReadErrorWithClusterBreakingPotential: true } },
      ['unsafe-delete: unsafe-delete-ignore-read-errors pods in a (name p)'],
      [],
    ],
    [
      'an unsafe delete that was refused',
      {
        verb: 'delete',
        code: 403,
        message: 'pods "p" is forbidden: not permitted to do "unsafe-delete-ignore-read-errors", reason: ',
        requestObject: { ignoreStoreReadErrorWithClusterBreakingPotential: true },
      },
      ['denied unsafe-delete-ignore-read-errors pods in a (name p)'],
      ['secondary-authorization-denied'],
    ],
    [
      'an unsafe delete that admission refused after the check',
      {
        verb: 'delete',
        code: 403,
        message: 'admission webhook "x" denied the request: no',
        requestObject: { ignoreStoreReadErrorWithClusterBreakingPotential: true },
      },
      ['unsafe-delete: unsafe-delete-ignore-read-errors pods in a (name p)'],
      [],
    ],
    [
      'an unsafe delete with options that do not go together, refused before the check',
      { verb: 'delete', code: 422, requestObject: { ignoreStoreReadErrorWithClusterBreakingPotential: true } },
      [],
      [],
    ],
    [
      'an unsafe delete by query',
      {
        verb: 'delete',
        requestUri: '/api/v1/namespaces/a/pods/p?ignoreStoreReadErrorWithClusterBreakingPotential=true',
      },
      ['unsafe-delete: unsafe-delete-ignore-read-errors pods in a (name p)'],
      [],
    ],
    [
      'a safe delete',
      { verb: 'delete', requestObject: { ignoreStoreReadErrorWithClusterBreakingPotential: false } },
      [],
      [],
    ],
    [
      'a pod admitted by a policy',
      { verb: 'create', requestUri: '/api/v1/namespaces/a/pods', code: 201, admitPolicy: 'restricted' },
      ['pod-security-policy: use podsecuritypolicies.policy in a (name restricted)'],
      [],
    ],
    [
      'a pod admitted by a policy, target new',
      { verb: 'create', requestUri: '/api/v1/namespaces/a/pods', code: 201, admitPolicy: 'restricted' },
      [],
      [],
      '1.25',
    ],
  ])('%s', (_name, fields, accesses, kinds, target) => {
    const targetVersion = target === undefined ? undefined : parseKubernetesVersion(target);
    const told = tell(fields, { targetVersion });

    expect(told.accesses.slice(1)).toEqual(accesses);
    expect(told.notes).toEqual(kinds);
  });

  const review = {
    spec: {
      user: 'alice',
      groups: ['devs'],
      resourceAttributes: { verb: 'get', group: 'metrics.k8s.io', resource: 'pods', namespace: 'a' },
    },
    status: { allowed: true },
  };
  const reviewed = (kind: string, responseObject: unknown) =>
    tell({
      verb: 'create',
      code: 201,
      requestUri: `/apis/authorization.k8s.io/v1/${kind}`,
      responseObject,
    }).accesses.slice(1);

  it('takes an allowed review as evidence for the one it asks about', () => {
    expect(reviewed('subjectaccessreviews', review)).toEqual(['alice: delegated-review: get pods.metrics.k8s.io in a']);
    const url = {
      spec: { user: 'alice', nonResourceAttributes: { verb: 'get', path: '/metrics' } },
      status: { allowed: true },
    };
    expect(reviewed('subjectaccessreviews', url)).toEqual(['alice: delegated-review: get /metrics']);
  });

  it('takes no probe, no refusal and no question for everything', () => {
    expect(reviewed('selfsubjectaccessreviews', review)).toEqual([]);
    expect(reviewed('subjectaccessreviews', { ...review, status: { allowed: false } })).toEqual([]);
    const everything = {
      ...review,
      spec: { user: 'alice', resourceAttributes: { verb: '*', group: '*', resource: '*' } },
    };
    expect(reviewed('subjectaccessreviews', everything)).toEqual([]);
  });

  it('survives any body', () => {
    const body = fc.object({
      key: fc.constantFrom(
        'spec',
        'status',
        'rules',
        'roleRef',
        'kind',
        'name',
        'metadata',
        '__proto__',
        'devices',
        'verbs',
      ),
    });
    const uri = fc.constantFrom(
      roles,
      `${roles}/r`,
      bindings,
      csr,
      `${csr}/approval`,
      policies,
      claim,
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    );
    fc.assert(
      fc.property(
        body,
        body,
        uri,
        fc.constantFrom('create', 'update', 'patch'),
        (requestObject, responseObject, requestUri, verb) => {
          const { accesses } = attribute(
            eventWith({ ...request, verb, requestUri, requestObject, responseObject }),
            defaultAttributeOptions,
          );
          for (const { permission } of accesses) {
            for (const field of Object.values(permission)) expect(field).toBeTypeOf('string');
          }
        },
      ),
    );
  });
});

describe('the binding that the reason credits', () => {
  const grantOf = (fields: Partial<AuditEvent>) => attribute(eventWith(fields), defaultAttributeOptions).grantedBy;
  const reason = 'RBAC: allowed by RoleBinding "rb/a" of ClusterRole "view" to ServiceAccount "sa/a"';

  it('is told for an allowed request only', () => {
    expect(grantOf({ reason })?.bindingName).toBe('rb');
    expect(grantOf({ reason, decision: 'forbid' })).toBeUndefined();
  });
});

describe('versions of Kubernetes', () => {
  it.each([
    ['1.35', { major: 1, minor: 35 }],
    ['v1.34.1-eks-113cf36', { major: 1, minor: 34 }],
    ['1.30+', { major: 1, minor: 30 }],
    ['1', undefined],
    ['latest', undefined],
    ['1.35x', undefined],
  ])('%s', (text, version) => {
    expect(parseKubernetesVersion(text)).toEqual(version);
  });
});
