// Which names, label keys and label values the API server takes, and its words for those that it refuses.
// As k8s.io/apimachinery/pkg/util/validation and pkg/api/validation/path, v1.34. Lengths are bytes, as in Go.

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const labelBytes = 63;
const subdomainBytes = 253;

/** Whether a namespace may be called so: a DNS-1123 label. */
export function isDnsLabel(value: string): boolean {
  return value.length <= labelBytes && dnsLabel.test(value);
}

/** Whether a ServiceAccount, and most other objects, may be called so: a DNS-1123 subdomain. */
export function isDnsSubdomain(value: string): boolean {
  return value.length <= subdomainBytes && dnsSubdomain.test(value);
}

/** What is wrong with the name of an RBAC object: next to nothing is. Upper case, colons, blanks and any length pass. */
export function pathSegmentProblems(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

export function dnsLabelProblems(value: string): string[] {
  const problems = tooLong(value, labelBytes);
  if (value.length > subdomainBytes || dnsLabel.test(value)) return problems;
  if (dnsSubdomain.test(value)) return [...problems, 'must not contain dots'];
  return [
    ...problems,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ];
}

export function dnsSubdomainProblems(value: string): string[] {
  const problems = tooLong(value, subdomainBytes);
  if (problems.length > 0 || dnsSubdomain.test(value)) return problems;
  return [
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ];
}

/** What is wrong with the key of a label; of an annotation too, once in lower case. */
export function qualifiedNameProblems(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) return ['a qualified name must have at most one prefix, set off by a slash'];
  const name = parts.at(-1) as string;
  const problems = parts.length === 2 ? prefixProblems(parts[0] as string) : [];
  if (name === '') return [...problems, 'name part must be non-empty'];
  for (const problem of tooLong(name, labelBytes)) problems.push(`name part ${problem}`);
  if (name.length <= labelBytes && !qualifiedPart.test(name)) {
    problems.push(
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    );
  }
  return problems;
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`);
}

export function labelValueProblems(value: string): string[] {
  const problems = tooLong(value, labelBytes);
  if (problems.length > 0 || value === '' || qualifiedPart.test(value)) return problems;
  return [
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ];
}

/** Regular expressions run on values within the bound only, so that none of them can be made slow. */
function tooLong(value: string, bytes: number): string[] {
  return Buffer.byteLength(value) > bytes ? [`must be no more than ${bytes} bytes`] : [];
}
