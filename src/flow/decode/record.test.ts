// Every way in which an event arrives, through the decoder's own door for records.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { DecodedEvent } from './event.ts';
import { RecordReader } from './record.ts';

const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: 'id-1',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/pods',
  verb: 'list',
  user: { username: 'alice' },
  requestReceivedTimestamp: '2026-11-20T10:00:00.000001Z',
};
const text = JSON.stringify(event);
/** Without a time of its own, so that the container's shows. */
const undated = { ...event, requestReceivedTimestamp: undefined };
const undatedText = JSON.stringify(undated);

interface Read {
  readonly events: DecodedEvent[];
  readonly bad: string[];
  skipped: number;
  foreign: number;
}

function read(...records: readonly unknown[]): Read {
  const found: Read = { events: [], bad: [], skipped: 0, foreign: 0 };
  const reader = new RecordReader({
    event: (decoded) => found.events.push(decoded),
    bad: (kind, reason) => found.bad.push(`${kind}: ${reason}`),
    skipped: () => found.skipped++,
    foreign: () => found.foreign++,
  });
  for (const record of records) {
    if (typeof record === 'string') reader.line(record);
    else reader.value(JSON.parse(JSON.stringify(record)));
  }
  reader.finish();
  return found;
}

/** `events bad skipped foreign`. */
function tally(...records: readonly unknown[]): string {
  const { events, bad, skipped, foreign } = read(...records);
  return `${events.length} ${bad.length} ${skipped} ${foreign}`;
}

describe('what an event is', () => {
  test.each<[string, object, string]>([
    ['as the server writes it', event, '1 0 0 0'],
    ['v1beta1', { ...event, apiVersion: 'audit.k8s.io/v1beta1' }, '1 0 0 0'],
    ['kind and no apiVersion', { ...event, apiVersion: undefined }, '1 0 0 0'],
    ['neither, but an auditID', { ...event, kind: undefined, apiVersion: undefined }, '1 0 0 0'],
    [
      'an event of the core group',
      { kind: 'Event', apiVersion: 'v1', reason: 'Started', verb: 'x', user: {} },
      '0 0 0 1',
    ],
    ['an event of events.k8s.io', { kind: 'Event', apiVersion: 'events.k8s.io/v1', type: 'Normal' }, '0 0 0 1'],
    ['a pod', { kind: 'Pod', apiVersion: 'v1' }, '0 0 0 1'],
    ['a line of some log', { level: 'info', msg: 'x', stage: 'prod' }, '0 0 0 1'],
    ['an empty verb', { ...event, verb: '' }, '1 0 0 0'],
    ['no verb', { ...event, verb: undefined }, '0 1 0 0'],
    ['a verb that is no text', { ...event, verb: 7 }, '0 1 0 0'],
    ['only a user', { ...event, requestURI: undefined }, '1 0 0 0'],
    ['nothing requested by nobody', { ...event, requestURI: undefined, user: undefined }, '0 1 0 0'],
    ['a kind that is no text', { kind: 0 }, '0 1 0 0'],
    ['another kind of the audit group', { kind: 'Policy', apiVersion: 'audit.k8s.io/v1' }, '0 1 0 0'],
  ])('%s', (_, value, expected) => {
    expect(tally(value)).toBe(expected);
  });
});

describe('lists', () => {
  const item = { ...event, kind: undefined, apiVersion: undefined, auditID: undefined, stage: undefined };
  test.each<[string, object, string]>([
    [
      'EventList, items without kind',
      { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [item, item] },
      '2 0 0 0',
    ],
    [
      'EventList with what is no event',
      { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [item, {}, 7] },
      '1 2 0 0',
    ],
    ['EventList of nothing', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: null }, '0 0 0 0'],
    ['v1 List', { kind: 'List', apiVersion: 'v1', items: [event, { kind: 'Pod', apiVersion: 'v1' }] }, '1 0 1 0'],
    ['an array in an array', [[event], [[event]]], '2 0 0 0'],
  ])('%s', (_, value, expected) => {
    expect(tally(value)).toBe(expected);
  });

  test('nesting is bounded', () => {
    let value: unknown = event;
    for (let depth = 0; depth < 1000; depth++) value = { kind: 'List', items: [value] };
    expect(tally(value)).toBe('0 1 0 0');
  });
});

describe('EKS', () => {
  const logEvent = { logStreamName: 'kube-apiserver-audit-7c41', timestamp: 1747641600000, message: undatedText };
  const batch = {
    messageType: 'DATA_MESSAGE',
    logStream: 'kube-apiserver-audit-7c41',
    logEvents: [{ id: '1', timestamp: 1747641600000, message: undatedText }],
  };
  const zipped = gzipSync(JSON.stringify(batch)).toString('base64');

  test.each<[string, unknown, string]>([
    ['filter-log-events', { events: [logEvent], nextToken: 'x' }, '1 0 0 0'],
    ['get-log-events names no stream', { events: [{ ...logEvent, logStreamName: undefined }] }, '1 0 0 0'],
    ['another stream', { events: [{ ...logEvent, logStreamName: 'kube-apiserver-7c41' }] }, '0 0 1 0'],
    ['a message that was cut', { events: [{ ...logEvent, message: text.slice(0, 99) }] }, '0 1 0 0'],
    ['a message that is no JSON', { events: [{ ...logEvent, message: 'hello' }] }, '0 1 0 0'],
    ['a log event alone', logEvent, '1 0 0 0'],
    ['a subscription message', batch, '1 0 0 0'],
    ['of another stream', { ...batch, logStream: 'authenticator-1' }, '0 0 1 0'],
    ['a control message', { ...batch, messageType: 'CONTROL_MESSAGE' }, '0 0 1 0'],
    ['a subscription message as Lambda gets it', { awslogs: { data: zipped } }, '1 0 0 0'],
    ['one that is broken', { awslogs: { data: zipped.slice(0, 40) } }, '0 1 0 0'],
    [
      'an Insights row',
      { '@timestamp': '2026-11-20 10:00:00.000', '@message': undatedText, '@logStream': 'kube-apiserver-audit-1' },
      '1 0 0 0',
    ],
    [
      'get-query-results',
      {
        results: [
          [
            { field: '@message', value: text },
            { field: '@ptr', value: 'x' },
          ],
        ],
        status: 'Complete',
      },
      '1 0 0 0',
    ],
    ['a line of an S3 export', `2026-11-20T10:00:00.000Z ${undatedText}`, '1 0 0 0'],
    ['a line of aws logs tail', `2026-11-20T10:00:00.000000+00:00 kube-apiserver-audit-7c41 ${undatedText}`, '1 0 0 0'],
    ['of another stream', `2026-11-20T10:00:00.000000+00:00 authenticator-7c41 {"msg":"x"}`, '0 0 1 0'],
    ['a line of another log', '2026-11-20T10:00:00Z starting up', '0 0 0 1'],
  ])('%s', (_, record, expected) => {
    const found = read(record);
    expect(tally(record)).toBe(expected);
    // The container's time is taken where the event has none.
    for (const { receivedMicros } of found.events) expect(receivedMicros).toBeGreaterThan(1_700_000_000_000_000);
  });
});

describe('AKS', () => {
  const record = {
    category: 'kube-audit',
    time: '2026-11-20T10:00:00.0000000Z',
    properties: { log: `${undatedText}\n`, stream: 'stdout' },
  };
  const row = {
    AuditId: 'id-1',
    Verb: 'get',
    Stage: 'ResponseComplete',
    RequestUri: '/api/v1/pods',
    User: '{"username":"bob","groups":["g"]}',
    ObjectRef: { resource: 'pods' },
    ResponseStatus: '{"code":200}',
    RequestObject: 'skipped-too-big-size-object',
    TimeGenerated: '2026-11-20T10:00:00Z',
  };

  test.each<[string, object, string]>([
    ['an Event Hubs batch', { records: [record, { ...record, category: 'kube-audit-admin' }] }, '2 0 0 0'],
    [
      'other categories',
      {
        records: [
          { ...record, category: 'guard' },
          { ...record, category: 'kube-apiserver' },
        ],
      },
      '0 0 2 0',
    ],
    ['a record of a storage account', record, '1 0 0 0'],
    ['a record that was cut', { ...record, properties: { log: text.slice(0, 70) } }, '0 1 0 0'],
    [
      'a row of AzureDiagnostics',
      { Category: 'kube-audit', log_s: undatedText, TimeGenerated: '2026-11-20T10:00:00Z' },
      '1 0 0 0',
    ],
    ['a row of AKSAudit', row, '1 0 0 0'],
  ])('%s', (_, value, expected) => {
    expect(tally(value)).toBe(expected);
    for (const { receivedMicros } of read(value).events) expect(receivedMicros).toBe(Date.UTC(2026, 10, 20, 10) * 1000);
  });

  test('the columns of AKSAudit are the fields of the event', () => {
    expect(read(row).events[0]).toMatchObject({
      auditId: 'id-1',
      event: {
        verb: 'get',
        requestUri: '/api/v1/pods',
        code: 200,
        user: { username: 'bob', groups: ['g'] },
        requestObject: undefined,
      },
    });
  });
});

describe('GKE', () => {
  function entry(methodName: string, resourceName: string, payload: object = {}, outer: object = {}): object {
    return {
      insertId: 'insert',
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
      operation: { id: 'op', first: true, last: true },
      protoPayload: {
        serviceName: 'k8s.io',
        methodName,
        resourceName,
        authenticationInfo: { principalEmail: 'system:serviceaccount:a:sa' },
        authorizationInfo: [{ granted: true }],
        status: {},
        ...payload,
      },
      timestamp: '2026-11-20T10:00:00Z',
      ...outer,
    };
  }

  test.each([
    [
      'io.k8s.core.v1.pods.list',
      'core/v1/namespaces/a/pods',
      { resource: 'pods', namespace: 'a', name: '', apiGroup: '' },
    ],
    ['io.k8s.core.v1.pods.list', 'core/v1/pods', { resource: 'pods', namespace: '', name: '' }],
    [
      'io.k8s.core.v1.pods.exec.create',
      'core/v1/namespaces/a/pods/p/exec',
      { resource: 'pods', subresource: 'exec', namespace: 'a', name: 'p' },
    ],
    [
      'io.k8s.authorization.rbac.v1.clusterroles.get',
      'rbac.authorization.k8s.io/v1/clusterroles/x',
      { resource: 'clusterroles', apiGroup: 'rbac.authorization.k8s.io', name: 'x' },
    ],
    [
      'io.k8s.app.v1alpha1.applications.create',
      'app.k8s.io/v1alpha1/namespaces/a/applications/b',
      { resource: 'applications', apiGroup: 'app.k8s.io' },
    ],
    ['io.k8s.core.v1.namespaces.get', 'core/v1/namespaces/a', { resource: 'namespaces', namespace: 'a', name: 'a' }],
    ['io.k8s.core.v1.namespaces.create', 'core/v1/namespaces/a', { resource: 'namespaces', namespace: '', name: 'a' }],
    ['io.k8s.core.v1.namespaces.list', 'core/v1/namespaces', { resource: 'namespaces', namespace: '', name: '' }],
    [
      'io.k8s.core.v1.namespaces.finalize.update',
      'core/v1/namespaces/a/finalize',
      { resource: 'namespaces', subresource: 'finalize', namespace: 'a', name: 'a' },
    ],
  ])('%s of %s', (method, resource, expected) => {
    const [decoded] = read(entry(method, resource)).events;
    expect(decoded?.event.objectRef).toMatchObject(expected);
    expect(decoded?.event.verb).toBe(method.split('.').at(-1));
  });

  test.each([
    ['io.k8s.get', 'apis/storage.k8s.io/v1', 'get', '/apis/storage.k8s.io/v1'],
    ['io.k8s.post', 'HNAP1', 'post', '/HNAP1'],
    ['io.k8s.readyz', '/readyz', 'get', '/readyz'],
    ['io.k8s.readyz', '', 'get', '/readyz'],
  ])('%s of %s is the URL %s %s', (method, resource, verb, requestUri) => {
    expect(read(entry(method, resource)).events[0]?.event).toMatchObject({ verb, requestUri, objectRef: undefined });
  });

  test('user, time, identity and origin', () => {
    expect(read(entry('io.k8s.core.v1.pods.list', 'core/v1/pods')).events[0]).toMatchObject({
      auditId: 'op',
      receivedMicros: Date.UTC(2026, 10, 20, 10) * 1000,
      event: {
        origin: 'gke',
        stage: 'ResponseComplete',
        code: 200,
        user: { username: 'system:serviceaccount:a:sa', groups: undefined },
      },
    });
  });

  test.each([
    ['granted', { authorizationInfo: [{ granted: true }] }, 'allow', 200],
    ['not granted', { authorizationInfo: [{ granted: false }], status: { code: 7 } }, 'forbid', 403],
    [
      'left out, as false is in JSON of protocol buffers',
      { authorizationInfo: [{}], status: { code: 7 } },
      'forbid',
      403,
    ],
    ['one of two not granted', { authorizationInfo: [{ granted: true }, { granted: false }] }, 'forbid', 200],
    ['not said', { authorizationInfo: [] }, '', 200],
    ['refused by admission', { status: { code: 7, message: 'quota' } }, 'allow', 403],
    ['not found', { status: { code: 5 } }, 'allow', 404],
    ['a conflict', { status: { code: 10 } }, 'allow', 409],
    ['the response says it better', { status: { code: 3 }, response: { code: 422 } }, 'allow', 422],
    ['no status', { status: undefined }, 'allow', 0],
  ])('decision and code: %s', (_, payload, decision, code) => {
    expect(read(entry('io.k8s.core.v1.pods.get', 'core/v1/pods/x', payload)).events[0]?.event).toMatchObject({
      decision,
      code,
    });
  });

  test('labels hold the decision of newer clusters', () => {
    const labels = { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: x' };
    const found = read(
      entry('io.k8s.core.v1.pods.get', 'core/v1/pods/x', { authorizationInfo: undefined }, { labels }),
    );
    expect(found.events[0]?.event).toMatchObject({ decision: 'allow', reason: 'RBAC: x' });
  });

  test('other services are skipped, copies without the service name are not', () => {
    expect(
      tally(entry('google.container.v1.ClusterManager.GetCluster', 'x', { serviceName: 'container.googleapis.com' })),
    ).toBe('0 0 1 0');
    expect(tally(entry('io.k8s.core.v1.pods.list', 'core/v1/pods', { serviceName: undefined }))).toBe('1 0 0 0');
    expect(tally(entry('io.k8s.core.v1.pods.list', ''))).toBe('0 1 0 0');
  });

  test('Pub/Sub messages', () => {
    const data = Buffer.from(JSON.stringify(entry('io.k8s.core.v1.pods.list', 'core/v1/pods'))).toString('base64');
    expect(tally({ message: { data, messageId: '1' }, subscription: 's' })).toBe('1 0 0 0');
  });
});

describe('what containers print', () => {
  const docker = (log: string, stream = 'stdout') => ({ log, stream, time: '2026-11-20T10:00:00.1Z' });
  const cri = (tag: string, log: string, stream = 'stdout') => `2026-11-20T10:00:00.123456789Z ${stream} ${tag} ${log}`;

  test.each<[string, unknown[], string]>([
    ['docker', [docker(`${text}\n`)], '1 0 0 0'],
    ['docker, a log line', [docker('I1023 klog\n')], '0 0 0 1'],
    [
      'docker, in pieces, with another stream between',
      [docker(text.slice(0, 50)), docker('I1023 klog\n', 'stderr'), docker(`${text.slice(50)}\n`)],
      '1 0 0 1',
    ],
    ['docker, the line end stripped by a collector', [docker(text), docker(text)], '2 0 0 0'],
    ['docker, the rest missing', [docker(text.slice(0, 50)), docker(`${text}\n`)], '1 1 0 0'],
    ['docker, the input ends in a piece', [docker(text.slice(0, 50))], '0 1 0 0'],
    ['CRI', [cri('F', text)], '1 0 0 0'],
    ['CRI, a log line', [cri('F', 'I1023 klog')], '0 0 0 1'],
    [
      'CRI, in pieces',
      [cri('P', text.slice(0, 50)), cri('P', text.slice(50, 90)), cri('F', text.slice(90))],
      '1 0 0 0',
    ],
  ])('%s', (_, records, expected) => {
    expect(tally(...records)).toBe(expected);
  });
});
