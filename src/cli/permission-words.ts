// `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME]` or `VERB /path`, as typed -> a permission. The opposite of
// describePermission in rbac/permission.ts, whose texts are understood as well.
import { AudiciaError } from '../base/errors.ts';
import type { Permission } from '../rbac/permission.ts';

/** What was typed beside the words. */
export interface PermissionPlace {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/**
 * The permission that words name. A resource is `pods`, `deployments.apps`, `pods/log` or `deployments.apps/scale`; a word
 * that starts with `/` is a path. Throws AudiciaError `bad-request`.
 */
export function permissionOfWords(words: readonly string[], place: PermissionPlace = {}): Permission {
  const [verb, what, name, ...rest] = words;
  if (verb === undefined || what === undefined) throw badWords(words, 'it needs a verb and a resource or a path');
  if (what.startsWith('/')) return urlOfWords(verb, what, words, place);
  if (rest.length > 0) throw badWords(words, `"${rest[0]}" is too much`);
  if (name !== undefined && place.name !== undefined) throw badWords(words, 'it names the object twice');
  const slash = what.indexOf('/');
  const typed = slash < 0 ? what : what.slice(0, slash);
  const subresource = slash < 0 ? '' : what.slice(slash + 1);
  if (subresource !== '' && place.subresource) throw badWords(words, 'it names the subresource twice');
  const dot = typed.indexOf('.');
  return {
    verb: verb === '""' ? '' : verb,
    apiGroup: dot < 0 ? '' : typed.slice(dot + 1),
    resource: dot < 0 ? typed : typed.slice(0, dot),
    subresource: place.subresource ?? subresource,
    namespace: place.namespace ?? '',
    name: name ?? place.name ?? '',
  };
}

/**
 * The permission in one text, with its place in words if need be: `get pods/log in web (name p)`, `get pods/log -n web`.
 * Words given beside it (flags) fill what the text leaves open.
 */
export function permissionOfText(text: string, place: PermissionPlace = {}): Permission {
  const named = / \(name (.*)\)$/s.exec(text);
  const words = (named ? text.slice(0, named.index) : text).split(/\s+/).filter((word) => word !== '');
  const namespaceAt = words.findIndex((word, index) => index >= 2 && (word === 'in' || word === '-n'));
  let namespace = place.namespace;
  if (namespaceAt >= 0) {
    namespace = words[namespaceAt + 1];
    if (namespace === undefined) throw badWords(words, `a namespace must follow "${words[namespaceAt]}"`);
    words.splice(namespaceAt, 2);
  }
  return permissionOfWords(words, { ...place, namespace, name: named?.[1] ?? place.name });
}

function urlOfWords(verb: string, path: string, words: readonly string[], place: PermissionPlace): Permission {
  if (words.length > 2) throw badWords(words, `"${words[2]}" is too much after a path`);
  if (place.namespace || place.name || place.subresource) {
    throw badWords(words, 'a path has no namespace, name or subresource');
  }
  return { verb, path };
}

function badWords(words: readonly string[], why: string): AudiciaError {
  return new AudiciaError('bad-request', `"${words.join(' ')}" is not a permission: ${why}.`, {
    hint: 'Write it as VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME], for example: get deployments.apps/scale; or VERB /path.',
  });
}
