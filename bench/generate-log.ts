// Writes a realistic audit log of a given size, the same bytes for the same seed. Two profiles: `metadata` (level Metadata
// only, RequestReceived omitted) and `mixed` (writes are logged at RequestResponse with their bodies and with
// RequestReceived, about a tenth of the events; everything else as before).
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Bodies, buildBodies } from './bodies.ts';
import { buildCluster, type Identity, type RequestKind } from './cluster.ts';
import { Random } from './random.ts';

export type Profile = 'metadata' | 'mixed';

export interface GeneratedLog {
  readonly events: number;
  readonly bytes: number;
  /** Different combinations of user, verb, group, resource, subresource and namespace. */
  readonly kinds: number;
}

/** 2026-11-02T06:00:00Z. */
const start = Date.UTC(2026, 10, 2, 6) * 1000;

/** Mean time between two requests, in microseconds: a million requests take about eight hours. */
const meanGap = 28_000;

/** Of the writes in a `mixed` log, those that its policy logs with bodies. */
const bodyShare = 0.22;

/** Objects with generated names (pods, jobs) in a namespace, and how often one that is asked for is new. */
const livePods = 10;
const churn = 0.1;

/** Watches are closed by the server after five to ten minutes; one value keeps the queue of open ones sorted. */
const watchMicros = 420_000_000;

/** Writes the log to `path` until it holds at least `sizeBytes`; ends at a line's end. */
export function generateLog(path: string, profile: Profile, sizeBytes: number, seed = 1): GeneratedLog {
  const traffic = new Traffic(profile, seed);
  const file = openSync(path, 'w');
  let bytes = 0;
  try {
    while (bytes < sizeBytes) {
      let chunk = '';
      while (chunk.length < 4 << 20 && bytes + chunk.length < sizeBytes) chunk += traffic.next();
      bytes += writeAll(file, Buffer.from(chunk));
    }
  } finally {
    closeSync(file);
  }
  return { events: traffic.events, bytes, kinds: traffic.kindsSeen };
}

function writeAll(file: number, bytes: Buffer): number {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
  return bytes.length;
}

/** What is written of a request of one kind, cut where each event differs. */
interface Template {
  readonly kind: RequestKind;
  readonly uriHead: string;
  readonly uriTail: string;
  readonly verb: string;
  readonly afterUser: string;
  readonly refTail: string;
  readonly refVersion: boolean;
  readonly status: string;
  readonly end: string;
  readonly long: boolean;
  readonly write: boolean;
}

interface OpenWatch {
  readonly due: number;
  readonly line: (stageTime: number) => string;
}

class Traffic {
  events = 0;
  readonly #random: Random;
  readonly #profile: Profile;
  readonly #templates: Template[];
  readonly #seen: Uint8Array;
  readonly #pick: () => number;
  readonly #bodies: Bodies;
  readonly #users = new Map<string, string>();
  readonly #open: OpenWatch[] = [];
  /** By namespace and prefix: the objects with generated names that exist at the moment. */
  readonly #live = new Map<string, string[]>();
  #now = start;

  constructor(profile: Profile, seed: number) {
    this.#random = new Random(seed);
    this.#profile = profile;
    this.#templates = buildCluster(seed).map(templateOf);
    this.#seen = new Uint8Array(this.#templates.length);
    this.#pick = weighted(
      this.#random,
      this.#templates.map((template) => template.kind.weight),
    );
    this.#bodies = buildBodies(seed);
  }

  get kindsSeen(): number {
    return this.#seen.reduce((sum, flag) => sum + flag, 0);
  }

  /** The lines of the next request. */
  next(): string {
    this.#now += Math.floor(-Math.log(1 - this.#random.fraction()) * meanGap);
    const open = this.#open[0];
    if (open && open.due <= this.#now) {
      this.#open.shift();
      this.events += 1;
      return open.line(this.#now);
    }
    const index = this.#pick();
    this.#seen[index] = 1;
    return this.#request(this.#templates[index] as Template);
  }

  #request(template: Template): string {
    const random = this.#random;
    const { kind } = template;
    const received = this.#now;
    const withBody = this.#profile === 'mixed' && template.write && random.fraction() < bodyShare;
    const level = withBody ? 'RequestResponse' : 'Metadata';
    const name = this.#nameOf(kind);
    const inUri = kind.naming.kind === 'fresh' ? kind.naming.inUri : name !== '';
    const head = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"${level}","auditID":"${random.uuid()}","stage":"`;
    const uri = `${template.uriHead}${inUri && kind.query !== 'named' ? `/${name}` : ''}${template.uriTail}${queryOf(random, kind, name)}`;
    const version = template.refVersion
      ? `,"resourceVersion":"${412_000_000 + Math.floor((received - start) / 30_000)}"`
      : '';
    const named = name === '' ? '' : `,"name":"${name}"`;
    const user = this.#userOf(kind.identity, received);
    const request = `","requestURI":"${uri}","verb":"${template.verb}${user}${template.afterUser}`;
    const reference = kind.path === '' ? `${named}${template.refTail}${version}${subresourceOf(kind)}}` : '';
    const line = (stage: string, stageTime: number, bodies: string): string =>
      `${head}${stage}${request}${reference},${template.status}${bodies}"requestReceivedTimestamp":"${timestamp(received)}","stageTimestamp":"${timestamp(stageTime)}"${template.end}`;

    this.events += 1;
    if (template.long) {
      this.#open.push({ due: received + watchMicros, line: (time) => line('ResponseComplete', time, '') });
      return line('ResponseStarted', received + 800 + random.below(4000), '');
    }
    const complete = received + 700 + random.below(30_000);
    if (!withBody) return line('ResponseComplete', complete, '');
    this.events += 1;
    const early = kind.verb === 'create' ? template.refTail : `${named}${template.refTail}`;
    const first = `${head}RequestReceived${request}${early}${subresourceOf(kind)}},"requestReceivedTimestamp":"${timestamp(received)}","stageTimestamp":"${timestamp(received)}"}\n`;
    return first + line('ResponseComplete', complete, this.#bodiesOf(kind));
  }

  #nameOf({ naming, namespace }: RequestKind): string {
    const random = this.#random;
    if (naming.kind === 'none') return '';
    if (naming.kind === 'known') return random.pick(naming.names);
    if (!naming.inUri) return `${naming.prefix}${random.suffix(5)}`;
    const place = `${namespace} ${naming.prefix}`;
    const live = this.#live.get(place) ?? Array.from({ length: livePods }, () => '');
    this.#live.set(place, live);
    const slot = random.below(livePods);
    if (live[slot] === '' || random.fraction() < churn) live[slot] = `${naming.prefix}${random.suffix(5)}`;
    return live[slot] as string;
  }

  #bodiesOf(kind: RequestKind): string {
    const random = this.#random;
    const version = String(412_000_000 + random.below(9_000_000));
    const pool = kind.resource.endsWith('reviews') ? this.#bodies.reviews : this.#bodies.objects;
    const sent = random.pick(pool);
    const request =
      kind.verb === 'patch'
        ? `{"metadata":{"annotations":{"checked":"${version}"}}}`
        : sent.before + version + sent.after;
    const answer = random.pick(pool);
    return `"requestObject":${request},"responseObject":${answer.before}${version}${answer.after},`;
  }

  /** The user as logged: one of the identity's pods, with a token that is renewed every hour. */
  #userOf(identity: Identity, time: number): string {
    const pod = identity.pods.length === 0 ? -1 : this.#random.below(identity.pods.length);
    const key = `${identity.username} ${pod} ${Math.floor(time / 3_600_000_000)}`;
    const cached = this.#users.get(key);
    if (cached !== undefined) return cached;
    const text = writeUser(this.#random, identity, pod);
    this.#users.set(key, text);
    return text;
  }
}

function templateOf(kind: RequestKind): Template {
  const { identity, apiGroup, version, resource, subresource, namespace, path } = kind;
  const root = apiGroup === '' ? `/api/${version}` : `/apis/${apiGroup}/${version}`;
  const scope = namespace === '' ? '' : `/namespaces/${namespace}`;
  const group = apiGroup === '' ? '' : `,"apiGroup":"${apiGroup}"`;
  const where = namespace === '' ? '' : `,"namespace":"${namespace}"`;
  const reference = path === '' ? `,"objectRef":{"resource":"${resource}"${where}` : '';
  const ips = identity.sourceIps.map((ip) => `"${ip}"`).join(',');
  const decision = kind.denied ? 'forbid' : 'allow';
  const annotations = `,"annotations":{"authorization.k8s.io/decision":"${decision}","authorization.k8s.io/reason":"${kind.denied ? '' : identity.reason}"}}\n`;
  return {
    kind,
    uriHead: path === '' ? `${root}${scope}/${resource}` : path,
    uriTail: subresource === '' ? '' : `/${subresource}`,
    verb: `${kind.verb}"`,
    afterUser: `,"sourceIPs":[${ips}],"userAgent":"${identity.userAgent}"${reference}`,
    refTail: `${group},"apiVersion":"${version}"`,
    refVersion: kind.verb === 'update',
    status: statusOf(kind),
    end: annotations,
    long: kind.verb === 'watch' || kind.code === 101,
    write: ['create', 'update', 'patch', 'delete'].includes(kind.verb) && kind.code !== 101 && path === '',
  };
}

function statusOf(kind: RequestKind): string {
  if (kind.code < 400) return `"responseStatus":{"metadata":{},"code":${kind.code}},`;
  const what = `${kind.resource} \\"x\\" ${kind.code === 404 ? 'not found' : 'is refused'}`;
  const message = kind.denied
    ? `${kind.resource} is forbidden: User \\"${kind.identity.username}\\" cannot ${kind.verb} resource \\"${kind.resource}\\" in API group \\"${kind.apiGroup}\\"${kind.namespace === '' ? ' at the cluster scope' : ` in the namespace \\"${kind.namespace}\\"`}`
    : what;
  const reason = { 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict' }[kind.code] ?? 'Invalid';
  return `"responseStatus":{"metadata":{},"status":"Failure","message":"${message}","reason":"${reason}","details":{"kind":"${kind.resource}"},"code":${kind.code}},`;
}

function subresourceOf(kind: RequestKind): string {
  return kind.subresource === '' ? '' : `,"subresource":"${kind.subresource}"`;
}

/** The query as the server logs it: Go's encoder writes `&` as `\u0026`. */
function queryOf(random: Random, kind: RequestKind, name: string): string {
  const and = '\\u0026';
  const version = 412_000_000 + random.below(9_000_000);
  const timeout = `timeout=${5 + random.below(5)}m${random.below(60)}s${and}timeoutSeconds=${300 + random.below(300)}`;
  if (kind.query === 'watch')
    return `?allowWatchBookmarks=true${and}resourceVersion=${version}${and}${timeout}${and}watch=true`;
  if (kind.query === 'named') {
    const selector = `fieldSelector=metadata.name%3D${name}`;
    if (kind.verb !== 'watch') return `?${selector}${and}limit=500${and}resourceVersion=0`;
    return `?allowWatchBookmarks=true${and}${selector}${and}resourceVersion=${version}${and}${timeout}${and}watch=true`;
  }
  if (kind.query === 'apply') return `?fieldManager=kubectl${and}fieldValidation=Strict${and}force=false`;
  if (kind.query === 'patch') return '?fieldManager=kubectl-patch';
  if (kind.query === 'timeout') return '?timeout=10s';
  if (kind.query === 'list') return `?resourceVersion=0${and}timeout=10s`;
  if (kind.query === 'page') return `?labelSelector=app.kubernetes.io%2Fname%3Dapi${and}limit=500`;
  return '';
}

function writeUser(random: Random, identity: Identity, podIndex: number): string {
  const pod = identity.pods[podIndex];
  const credential = `"authentication.kubernetes.io/credential-id":["JTI=${random.uuid()}"]`;
  const prefix = 'authentication.kubernetes.io';
  const extra = pod
    ? `,"extra":{${credential},"${prefix}/node-name":["${pod.node}"],"${prefix}/node-uid":["${pod.nodeUid}"],"${prefix}/pod-name":["${pod.name}"],"${prefix}/pod-uid":["${pod.uid}"]}`
    : identity.uid === ''
      ? ''
      : `,"extra":{${credential}}`;
  const uid = identity.uid === '' ? '' : `,"uid":"${identity.uid}"`;
  const groups = identity.groups.map((group) => `"${group}"`).join(',');
  return `,"user":{"username":"${identity.username}"${uid},"groups":[${groups}]${extra}}`;
}

/** `2026-11-02T06:00:00.000000Z`, as metav1.MicroTime writes it. */
function timestamp(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  if (seconds !== lastSecond.seconds) {
    lastSecond.seconds = seconds;
    lastSecond.text = new Date(seconds * 1000).toISOString().slice(0, 20);
  }
  return `${lastSecond.text}${String(micros % 1_000_000).padStart(6, '0')}Z`;
}

const lastSecond = { seconds: -1, text: '' };

/** Draws indices in proportion to their weights in constant time (Vose's alias method). */
function weighted(random: Random, weights: readonly number[]): () => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = weights.map((weight) => (weight * weights.length) / total);
  const alias = new Uint32Array(weights.length);
  const small = scaled.flatMap((value, i) => (value < 1 ? [i] : []));
  const large = scaled.flatMap((value, i) => (value < 1 ? [] : [i]));
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number;
    const high = large.at(-1) as number;
    alias[low] = high;
    scaled[high] = (scaled[high] as number) + (scaled[low] as number) - 1;
    if ((scaled[high] as number) < 1) small.push(large.pop() as number);
  }
  for (const index of [...small, ...large]) scaled[index] = 1;
  return () => {
    const index = random.below(weights.length);
    return random.fraction() < (scaled[index] as number) ? index : (alias[index] as number);
  };
}
