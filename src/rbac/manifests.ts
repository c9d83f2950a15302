// Text of manifests, as people keep them in folders -> RBAC objects. Whatever cannot be used is a problem with its place,
// never an exception: one broken file must not hide the others.
import { parseYaml, type YamlDocument } from '../base/yaml.ts';
import type { ObjectMeta, PolicyRule, RbacObject, RbacSubject, RoleRef } from './objects.ts';
import { rbacApiVersion, rbacGroup } from './objects.ts';
import { validateObject } from './validate.ts';
import { isMapping } from './validate-fields.ts';

export interface ManifestProblem {
  readonly file: string;
  /** 1-based place of the document in the file, and the line concerned. */
  readonly document: number;
  readonly line: number;
  /** One sentence; for an object that the API server would refuse, its field first. */
  readonly message: string;
}

export interface Manifests {
  /** In the order of the text. */
  readonly objects: readonly RbacObject[];
  /** Objects of other kinds. */
  readonly ignored: number;
  readonly problems: readonly ManifestProblem[];
}

export interface ManifestOptions {
  /** Namespace of Roles and RoleBindings that name none, as `kubectl apply --namespace` does. Absent: they are problems. */
  readonly namespace?: string;
}

/** Lists within lists are opened no deeper: kubectl writes one level. */
const listDepth = 4;

const rbacKinds: ReadonlySet<unknown> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/** v1beta1 has the same fields; clusters of 1.22 and later refuse it, but folders still hold it. */
const rbacVersions: ReadonlySet<unknown> = new Set([rbacApiVersion, `${rbacGroup}/v1beta1`]);

/**
 * The RBAC objects of a YAML or JSON text of any number of documents, `List`s opened, null and missing lists made empty.
 * An object that the API server would refuse is left out with its problems: in no cluster could it grant anything.
 * `file` is only for the problems.
 */
export function parseManifests(text: string, file: string, options: ManifestOptions = {}): Manifests {
  const objects: RbacObject[] = [];
  const problems: ManifestProblem[] = [];
  let ignored = 0;
  for (const document of parseYaml(text)) {
    const report = (message: string, line: number) => problems.push({ file, document: document.index, line, message });
    if (document.error !== undefined) {
      report(`The document is not YAML: ${document.error.message}.`, document.error.line);
      continue;
    }
    for (const found of openLists(document.value, [])) {
      if (found.tooDeep) report(`Lists are nested more than ${listDepth} deep.`, document.lineOf(found.path));
      else if (!isMapping(found.value)) report('The document is not an object.', document.lineOf(found.path));
      else if (!isRbac(found.value)) ignored += 1;
      else {
        const value = withNamespace(found.value, options.namespace);
        const refusals = validateObject({ ...value, apiVersion: rbacApiVersion });
        for (const refusal of refusals) report(`${refusal}.`, lineOfField(document, found.path, refusal));
        if (refusals.length === 0) objects.push(toObject(value));
      }
    }
  }
  return { objects, ignored, problems };
}

interface Found {
  readonly value: unknown;
  readonly path: readonly (string | number)[];
  readonly tooDeep?: boolean;
}

/** The value itself, or the items of a `List`, or of a typed one such as `RoleList`, whose items carry no kind. */
function* openLists(value: unknown, path: readonly (string | number)[]): Generator<Found, void, undefined> {
  const { kind, apiVersion, items } = isMapping(value) ? value : {};
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    yield { value, path };
    return;
  }
  if (path.length >= 2 * listDepth) {
    yield { value, path, tooDeep: true };
    return;
  }
  const inherited = kind === 'List' ? {} : { kind: kind.slice(0, -'List'.length), apiVersion };
  for (const [index, item] of items.entries()) {
    yield* openLists(isMapping(item) ? { ...inherited, ...item } : item, [...path, 'items', index]);
  }
}

function isRbac(value: Readonly<Record<string, unknown>>): boolean {
  return rbacKinds.has(value.kind) && rbacVersions.has(value.apiVersion);
}

function withNamespace(value: Members, namespace: string | undefined): Members {
  const cluster = value.kind === 'ClusterRole' || value.kind === 'ClusterRoleBinding';
  if (cluster || namespace === undefined || !isMapping(value.metadata) || value.metadata.namespace) return value;
  return { ...value, metadata: { ...value.metadata, namespace } };
}

/** `rules[0].verbs: …` -> the line of that field, or of what is around it. */
function lineOfField(document: YamlDocument, path: readonly (string | number)[], refusal: string): number {
  const field = refusal.slice(0, Math.max(0, refusal.indexOf(': ')));
  const steps = field.split(/[.[\]]+/).filter((step) => step !== '');
  return document.lineOf([...path, ...steps.map((step) => (/^\d{1,6}$/.test(step) ? Number(step) : step))]);
}

type Members = Readonly<Record<string, unknown>>;

/** The object with the fields that decide something; only for what `validateObject` has found nothing wrong with. */
function toObject(value: Members): RbacObject {
  const kind = value.kind as RbacObject['kind'];
  const head = { apiVersion: value.apiVersion as string, metadata: toMetadata(value.metadata as Members) };
  if (kind === 'Role') return { ...head, kind, rules: listOf(value.rules).map(toRule) };
  if (kind === 'ClusterRole') {
    const rules = listOf(value.rules).map(toRule);
    if (!isMapping(value.aggregationRule)) return { ...head, kind, rules };
    return { ...head, kind, rules, aggregationRule: value.aggregationRule };
  }
  const subjects = listOf(value.subjects).map(toSubject);
  return { ...head, kind, subjects, roleRef: toRoleRef(value.roleRef as Members) };
}

function listOf(value: unknown): Members[] {
  return (value ?? []) as Members[];
}

function toMetadata(metadata: Members): ObjectMeta {
  return {
    name: metadata.name as string,
    ...(metadata.namespace ? { namespace: metadata.namespace as string } : {}),
    ...(metadata.labels ? { labels: metadata.labels as Record<string, string> } : {}),
    ...(metadata.annotations ? { annotations: metadata.annotations as Record<string, string> } : {}),
  };
}

/** Empty lists and missing ones mean the same; they are left out, but for the verbs. */
function toRule(rule: Members): PolicyRule {
  const lists: Record<string, readonly string[]> = {};
  for (const key of ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs']) {
    const list = (rule[key] ?? []) as readonly string[];
    if (list.length > 0) lists[key] = list;
  }
  return { ...lists, verbs: (rule.verbs ?? []) as readonly string[] };
}

function toSubject(subject: Members): RbacSubject {
  const kind = subject.kind as RbacSubject['kind'];
  const name = subject.name as string;
  if (kind !== 'ServiceAccount') return { kind, name, apiGroup: rbacGroup };
  return subject.namespace ? { kind, name, namespace: subject.namespace as string } : { kind, name };
}

function toRoleRef(roleRef: Members): RoleRef {
  return { apiGroup: rbacGroup, kind: roleRef.kind as RoleRef['kind'], name: roleRef.name as string };
}
