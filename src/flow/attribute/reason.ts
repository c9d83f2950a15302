// annotation authorization.k8s.io/reason -> the binding that it credits. The sentence is made by visit, rbac.go, and the
// describers of registry/rbac/validation/rule.go, v1.34; names are printed as Go's %q does.
import type { GrantingBinding } from '../types.ts';

/** The binding named by the reason of an allowed request; `undefined` when the reason names none. */
export function parseGrant(reason: string): GrantingBinding | undefined {
  const match = grant.exec(reason);
  if (match === null) return undefined;
  const [, bindingKind, quotedBinding, roleKind, quotedRole] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  const binding = unquote(quotedBinding);
  const roleName = unquote(quotedRole);
  if (binding === undefined || roleName === undefined) return undefined;
  if (bindingKind === 'ClusterRoleBinding') {
    return { bindingKind, bindingName: binding, bindingNamespace: '', roleKind: asRoleKind(roleKind), roleName };
  }
  // Printed as name/namespace, the other way round than elsewhere; neither can hold a slash.
  const slash = binding.lastIndexOf('/');
  if (slash < 0) return undefined;
  return {
    bindingKind: 'RoleBinding',
    bindingName: binding.slice(0, slash),
    bindingNamespace: binding.slice(slash + 1),
    roleKind: asRoleKind(roleKind),
    roleName,
  };
}

/** Whether the reason is one of the RBAC authorizer's, so that generated RBAC replaces like by like. */
export function isByRbac(reason: string): boolean {
  return reason.startsWith('RBAC: ');
}

const quoted = String.raw`("(?:[^"\\]|\\.)*")`;
const grant = new RegExp(
  `^(?:RBAC|EKS Access Policy): allowed by (ClusterRoleBinding|RoleBinding) ${quoted} of (ClusterRole|Role) ${quoted}`,
);

function asRoleKind(kind: string): 'Role' | 'ClusterRole' {
  return kind === 'Role' ? 'Role' : 'ClusterRole';
}

const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs;
const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

// As strconv.Unquote; `undefined` for an escape that Go would not write.
function unquote(text: string): string | undefined {
  let broken = false;
  const plain = text.slice(1, -1).replace(escapes, (_all, hex2, hex4, hex8, char: string | undefined) => {
    if (char === undefined) {
      const codePoint = Number.parseInt(hex2 ?? hex4 ?? hex8, 16);
      // From 80 on, \x stands for a byte that is no UTF-8.
      if (hex2 !== undefined && codePoint >= 0x80) return '\uFFFD';
      if (codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
    } else if (Object.hasOwn(simpleEscapes, char)) {
      return simpleEscapes[char] as string;
    }
    broken = true;
    return '';
  });
  return broken ? undefined : plain;
}
