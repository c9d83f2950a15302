// What passes between the stages: bytes -> AuditEvent (decode) -> Access (attribute) -> Usage (aggregate) -> Policy
// (synthesise) -> Verification (evaluate). Stages know these types and nothing of each other.
//
// Times are whole microseconds since 1970-01-01T00:00:00Z, the resolution of audit.k8s.io (metav1.MicroTime); they fit a
// JavaScript number exactly until the year 2255. 0 means that no time could be read.
import type { BoundedSet } from '../base/bounded-set.ts';
import type { PolicyRule, RbacObject } from '../rbac/objects.ts';
import type { Permission, ResourcePermission, UrlPermission } from '../rbac/permission.ts';
import type { Subject } from '../rbac/subject.ts';

export type Micros = number;

// ---------------------------------------------------------------------------------------------- ingest -> decode

/** Where bytes come from. The same bytes have the same `source` wherever they lie and whatever the file is called. */
export interface InputIdentity {
  /** Stable identity of the content (a fingerprint of its first bytes), not of the path. */
  readonly source: string;
  /** The path as the user wrote it, `-` for standard input; for messages only. */
  readonly path: string;
}

/** Why a record could not be used. `foreign` and `skipped` records are not bad: they are no audit events at all. */
export type BadRecordKind =
  | 'truncated' // the input ends inside the record
  | 'syntax' // not JSON
  | 'not-an-event' // JSON that calls itself an audit event, or sits in an audit container, but is none
  | 'too-long'; // longer than the stated bound of a record

/** One record that was not used, and where it is. */
export interface BadRecord {
  readonly kind: BadRecordKind;
  readonly path: string;
  /** 1-based line in the (decompressed) input. */
  readonly line: number;
  /** Byte offset of the record in the (decompressed) input. */
  readonly offset: number;
  /** A sentence fragment: what is wrong with it. Holds no content of the record beyond a field's name. */
  readonly reason: string;
}

// ------------------------------------------------------------------------------------------- decode -> attribute

export interface UserInfo {
  readonly username: string;
  readonly uid: string;
  /** `undefined` when the feed does not carry groups (GKE), `[]` when it does and there are none. */
  readonly groups: readonly string[] | undefined;
  /** Only what impersonation needs: keys as logged, values in order. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** `objectRef` of the event. Read only where the requestURI is missing: the server fills it from the body. */
export interface ObjectRef {
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
}

/** An owner reference found in metadata.ownerReferences of a request's body. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly blockOwnerDeletion: boolean;
}

/** One audit event, with just the fields that attribution reads. Absent strings are `''`. */
export interface AuditEvent {
  /** `audit` for audit.k8s.io events, `gke` for Cloud Audit Log entries (no URI, no groups, no extra). */
  readonly origin: 'audit' | 'gke';
  /** Metadata, Request, RequestResponse; `''` when the feed does not say. */
  readonly level: string;
  /** RequestReceived, ResponseStarted, ResponseComplete, Panic; `''` when the feed does not say. */
  readonly stage: string;
  readonly verb: string;
  /**
   * Path as logged (still percent-encoded), up to the subresource if there is one, and of the query only what can decide
   * something: see `relevantUri` in decode/. `''` when the feed carries none.
   */
  readonly requestUri: string;
  readonly user: UserInfo;
  readonly impersonatedUser: UserInfo | undefined;
  /** authenticationMetadata.impersonationConstraint, e.g. `impersonate:serviceaccount`; `''` when absent. */
  readonly impersonationConstraint: string;
  readonly userAgent: string;
  readonly objectRef: ObjectRef | undefined;
  /** HTTP status of the response; 0 when absent. */
  readonly code: number;
  /** responseStatus.message, kept only for code 403 with decision allow; else `''`. */
  readonly message: string;
  /** `authorization.k8s.io/decision`: `allow`, `forbid`, or `''` when absent. */
  readonly decision: string;
  /** `authorization.k8s.io/reason`. */
  readonly reason: string;
  /** annotation `podsecuritypolicy.policy.k8s.io/admit-policy`; `''` when absent. */
  readonly admitPolicy: string;
  /**
   * The parsed bodies, only where attribution reads them (`readsBodies` in decode/): RBAC objects, reviews, certificate
   * requests and the like. `undefined` when absent, not needed, or replaced by a marker by the exporter.
   */
  readonly requestObject: unknown;
  readonly responseObject: unknown;
  /** metadata.ownerReferences of the request's body on create, update and patch; empty when none was logged. */
  readonly ownerReferences: readonly OwnerReference[];
}

/** How often, and when, events that are equal in every field of AuditEvent (but their object's name) were seen. */
export interface Tally {
  /** Requests: each counted once, whatever its stages and copies. 0 when all of them were counted elsewhere already. */
  readonly count: number;
  /** Events, second copies included: never 0. */
  readonly events: number;
  /** Time the request was received: first and last of them, on one and the same UTC day. */
  readonly firstSeen: Micros;
  readonly lastSeen: Micros;
  /** auditID of the first one (the smallest, where several share its time). */
  readonly sampleAuditId: string;
  /**
   * Where events differ in nothing but the name of their object: all of those names, each once, the one in `requestUri`
   * among them. Absent when there is only that one. Names are united only where every name that attribution can find is
   * the one in the path.
   */
  readonly names?: readonly string[];
}

/** Takes what decoding yields. Equal events may come in one call or in several; their tallies add up. */
export interface DecodeSink {
  event(event: AuditEvent, tally: Tally): void;
  /** `line` counts from the start of the range that was given to `begin`. */
  bad(record: BadRecord): void;
}

/** What was counted in one input, or one range of it. */
export interface DecodeCounts {
  readonly bytes: number;
  readonly lines: number;
  /** Audit events, every stage and copy. */
  readonly events: number;
  /** Events whose request had been counted already. */
  readonly duplicates: number;
  /** Lines that are no records: klog output, blank-separated text, other JSON logs. */
  readonly foreignLines: number;
  /** Records of another category in a cloud's container (other log streams, cluster management, control messages). */
  readonly skippedRecords: number;
  readonly badRecords: number;
}

/**
 * Turns bytes into events. One decoder serves any number of inputs, one after the other; what it has learned of one
 * (which bytes mean which event) serves the next. Never throws on content.
 */
export interface Decoder {
  /** Starts an input, or a range of one. `offset` is where its first byte lies in the (decompressed) input. */
  begin(input: { readonly path: string; readonly offset: number }): void;
  /** Where the next bytes go; never empty. Valid until the next call of any method. */
  room(): Uint8Array;
  /** Says that the first `length` bytes of `room()` are filled; decodes all complete records among them. */
  filled(length: number): void;
  /** Ends the input: the last record is decoded, or reported as truncated. */
  finish(): DecodeCounts;
  /** Hands what is still held back (tallies) to the sink. After `finish`, before the results are read. */
  drain(): void;
  /** Minutes (since 1970) in which an event was received, in all inputs so far: sorted, disjoint, as [first, last]. */
  activeMinutes(): readonly MinuteRange[];
}

/** Whole minutes since 1970-01-01T00:00Z, both ends included. */
export type MinuteRange = readonly [first: number, last: number];

// ---------------------------------------------------------------------------------------- attribute -> aggregate

/**
 * Permissions that never show as a request of their own, by why they were inferred. Each has a text and a source in
 * attribute/inferences.ts and can be switched on and off.
 */
export type InferenceKind =
  | 'create-on-update' // 201 to an update or apply: create was authorised as well
  | 'websocket-create' // exec, attach, portforward by GET: create as well, from Kubernetes 1.35
  | 'escalate' // writing a role whose rules the writer does not hold
  | 'bind' // binding a role whose rules the writer does not hold
  | 'sign' // approving, signing, attesting for a signer
  | 'owner-finalizers' // blockOwnerDeletion under OwnerReferencesPermissionEnforcement
  | 'delegated-review' // a server asked, on the subject's behalf, by SubjectAccessReview
  | 'admission-param' // paramKind and paramRef of admission policies
  | 'resource-claim' // resourceclaims/status, from Kubernetes 1.36
  | 'unsafe-delete' // delete ignoring read errors
  | 'pod-security-policy' // use of a PodSecurityPolicy, up to 1.24
  | 'informer'; // get beside list and watch

/** One authorisation that an event proves (or refuses): who did, or wanted to do, what. */
export interface Access {
  readonly subject: Subject;
  /** The groups the authorizer saw, implied ones included. */
  readonly groups: readonly string[];
  readonly permission: Permission;
  /** `denied`: refused by the authorizer. Shown, never granted unless the user asks for it. */
  readonly verdict: 'allowed' | 'denied';
  /** Absent when the permission is the request's own (impersonation included: the authorizer asked for it by name). */
  readonly inferred?: InferenceKind;
  /**
   * `escalate` and `bind` only: the permission is not needed by a subject that holds all of these rules (as
   * rbac/cover.ts judges it). Absent when the rules are not known.
   */
  readonly unlessHeld?: readonly PolicyRule[];
}

/** What an event tells beside accesses. Counted per subject; each has a sentence in attribute/notes.ts. */
export type NoteKind =
  | 'no-decision'
  | 'unauthenticated'
  | 'denied'
  | 'empty-verb'
  | 'secondary-authorization-denied'
  | 'apply-outcome-unknown'
  | 'websocket-create-needed-from-1.35'
  | 'escalate-or-hold-underivable'
  | 'bind-or-hold-underivable'
  | 'signer-underivable'
  | 'param-underivable'
  | 'bodies-missing'
  | 'owner-kind-unmapped'
  | 'not-by-rbac'
  | 'system-masters'
  | 'node-authorizer'
  | 'anonymous'
  | 'name-from-object-ref'
  | 'groups-not-logged'
  | 'trusted-success'
  | 'unreadable-uri';

export interface Note {
  readonly kind: NoteKind;
  /** Whom it concerns; `undefined` when the event names nobody. */
  readonly subject: Subject | undefined;
}

/** A binding that the audit reason credits with a grant. */
export interface GrantingBinding {
  readonly bindingKind: 'RoleBinding' | 'ClusterRoleBinding';
  readonly bindingName: string;
  /** `''` for a ClusterRoleBinding. */
  readonly bindingNamespace: string;
  readonly roleKind: 'Role' | 'ClusterRole';
  readonly roleName: string;
}

/** Everything that one event means. */
export interface Attribution {
  /** Whose request the authorizer judged (the impersonated user's, if any); `undefined` when the event names nobody. */
  readonly subject: Subject | undefined;
  /** The groups the authorizer saw for that subject, implied ones included. */
  readonly groups: readonly string[];
  /** Namespace of the request itself, for filters: `''` for the cluster's, and when the request cannot be read. */
  readonly namespace?: string;
  readonly accesses: readonly Access[];
  readonly notes: readonly Note[];
  readonly grantedBy: GrantingBinding | undefined;
}

// --------------------------------------------------------------------------------------- aggregate -> synthesise

/** The proof behind a permission. Merges commutatively: counts add, times widen, sets unite within their bounds. */
export interface Evidence {
  /** Requests. */
  count: number;
  firstSeen: Micros;
  lastSeen: Micros;
  /** UTC days (days since 1970-01-01) on which it was seen, each once. At most `evidenceBounds.days`, the earliest. */
  readonly days: Set<number>;
  readonly userAgents: BoundedSet;
  /** Bindings credited by the audit reason, as `describeGrant` writes them. */
  readonly grantedBy: BoundedSet;
  /** auditID of the earliest event, to look up. */
  sampleAuditId: string;
}

/**
 * A permission with the names it was seen with. `permission.name` is always `''`; names are in `names`, so that a bound
 * on names can never lose the permission itself.
 */
export interface PermissionUsage {
  readonly permission: Permission;
  readonly names: BoundedSet;
  /** Whether the authorizer saw a request without a name (always true for URLs). */
  nameless: boolean;
  readonly evidence: Evidence;
}

export interface InferredUsage extends PermissionUsage {
  readonly inference: InferenceKind;
  /**
   * JSON of the rule lists (`Access.unlessHeld`) that would make the permission superfluous, were all of them held;
   * `undefined` as soon as one request's rules are not known, or there were more than the bound.
   */
  unlessHeld: BoundedSet | undefined;
}

/** Events by what they can show, for the warnings about what the log could not show. */
export interface Observed {
  /** Events (not requests) by stage, level, decision and verb, `''` included. */
  readonly stages: Map<string, number>;
  readonly levels: Map<string, number>;
  readonly decisions: Map<string, number>;
  readonly verbs: Map<string, number>;
  firstSeen: Micros;
  lastSeen: Micros;
  readonly notes: Map<NoteKind, number>;
}

export interface SubjectUsage {
  readonly subject: Subject;
  /** Every group that one of the subject's requests carried. */
  readonly groups: BoundedSet;
  /** Groups that all of its requests carried: what defaults may be taken from. `undefined` before the first request. */
  commonGroups: ReadonlySet<string> | undefined;
  /** By `permissionKey` of the nameless permission. */
  readonly used: Map<string, PermissionUsage>;
  /** Asked for and refused. Never granted unless the user says so. */
  readonly denied: Map<string, PermissionUsage>;
  /** By inference kind and permission key. */
  readonly inferred: Map<string, InferredUsage>;
  readonly observed: Observed;
}

/** The whole log, as far as it concerns no subject. */
export interface Coverage {
  readonly observed: Observed;
  /** Requests that were counted; copies of one already counted; events filtered away, by which rule. */
  requests: number;
  duplicates: number;
  readonly filtered: Map<string, number>;
  /** Stretches of time with events, as [first, last] minutes since 1970, sorted, disjoint; at most `coverageBound`. */
  activeMinutes: readonly MinuteRange[];
  /** Bad records by kind; foreign lines and records of other categories. */
  readonly badRecords: Map<string, number>;
  foreignLines: number;
  skippedRecords: number;
  bytes: number;
}

/** Usage as a plain table: what later stages see. */
export interface UsageTable {
  /** By `subjectKey`. */
  readonly subjects: Map<string, SubjectUsage>;
  readonly coverage: Coverage;
}

/** Bytes `[from, to)` of one source. */
export interface SourceSegment {
  readonly source: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** What was counted from a set of segments: the unit of merging. */
export interface UsagePart {
  /** Sorted by source. */
  readonly segments: readonly SourceSegment[];
  readonly table: UsageTable;
}

/**
 * Usage as a value. Merging unites parts: a part whose segments another part covers is dropped, so that merging the same
 * log twice, or a longer reading of it, counts nothing twice.
 */
export interface Usage {
  readonly parts: readonly UsagePart[];
}

// ----------------------------------------------------------------------------------------- synthesise -> evaluate

export interface PolicyStrategy {
  readonly scopeMode: 'ClusterScopeAllowed' | 'NamespaceStrict';
  readonly verbMerge: 'Smart' | 'Exact';
  readonly wildcards: 'Forbidden' | 'Safe';
  readonly resourceNames: 'Omit' | 'Explicit';
}

export const defaultPolicyStrategy: PolicyStrategy = {
  scopeMode: 'ClusterScopeAllowed',
  verbMerge: 'Smart',
  wildcards: 'Forbidden',
  resourceNames: 'Omit',
};

export interface SynthesisOptions {
  readonly strategy: PolicyStrategy;
  /** Inferences whose permissions are granted; the others are proposed only. */
  readonly inferences: ReadonlySet<InferenceKind>;
  /** Leave out what the default roles of every authenticated identity grant. */
  readonly assumeDefaults: boolean;
  readonly includeDenied: boolean;
  /** One ClusterRole with a RoleBinding in each namespace, where namespaces need the same rules. */
  readonly shareRoles: boolean;
  /** Namespace of policies for users and groups: where their manifests and reports are filed. */
  readonly homeNamespace: string;
}

/** A permission that the policy leaves out by choice, and what would be needed to grant it. */
export interface OmittedPermission {
  readonly permission: Permission;
  readonly names: readonly string[];
  /** A sentence: why it was left out, and what it would take. */
  readonly reason: string;
}

/** Permissions of one inference, granted or proposed. */
export interface InferredGrant {
  readonly inference: InferenceKind;
  readonly granted: boolean;
  readonly permission: Permission;
  readonly names: readonly string[];
}

/** The suggested RBAC of one subject. */
export interface Policy {
  readonly subject: Subject;
  /** Role, RoleBinding, ClusterRole, ClusterRoleBinding, in the order in which they are written. */
  readonly objects: readonly RbacObject[];
  readonly omitted: readonly OmittedPermission[];
  readonly inferred: readonly InferredGrant[];
  /** Why a ClusterRole was needed, one sentence each; other things a reviewer must know. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** What `verify` finds: both empty for whatever `generate` wrote. */
export interface Verification {
  readonly subject: Subject;
  /** Observed as authorised, refused by the policy. */
  readonly missing: readonly Permission[];
  /** Observed as authorised, refused, and named by the policy among what it leaves out (`Policy.omitted`). */
  readonly omitted: readonly Permission[];
  /** Granted by a rule, seen in no evidence. */
  readonly unproven: readonly UnprovenGrant[];
  /** Whether more grants lack evidence than are listed. */
  readonly unprovenMore: boolean;
  /** How many permissions were put to the evaluator. */
  readonly checked: number;
}

/** One atom of a rule that no evidence supports. */
export interface UnprovenGrant {
  /** The object the rule stands in, as `nameObject` writes it. */
  readonly object: string;
  readonly grant: (ResourcePermission | UrlPermission) & { readonly anyName?: boolean };
}
