// Lines that look like audit events, each different, for tests of reading.
export function auditLines(count: number, from = 0): string {
  let text = '';
  for (let i = from; i < from + count; i++) {
    const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
    text += `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${id}","stage":"ResponseComplete","verb":"get","note":"é{}\\n\\""}\n`;
  }
  return text;
}
