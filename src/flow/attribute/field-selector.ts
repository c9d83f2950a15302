// `metadata.name=c1,status.phase!=Failed` -> the one name it requires. As fields.ParseSelector and
// RequiresExactMatch, apimachinery/pkg/fields/selector.go v1.34.
import { byCodeUnit } from '../../base/order.ts';

/** What a field selector says of `metadata.name`: `undefined` for a selector that the API server cannot parse. */
export function requiredName(selector: string): { readonly name: string } | undefined {
  let name: string | undefined;
  // Sorted, as parseSelector does: of two requirements for a name the smaller one counts.
  for (const term of splitTerms(selector).sort(byCodeUnit)) {
    if (term === '') continue;
    const parsed = parseTerm(term);
    if (parsed === undefined) return undefined;
    if (name === undefined && parsed.exact && parsed.field === 'metadata.name') name = parsed.value;
  }
  return { name: name ?? '' };
}

// Escaped commas belong to the term, with their backslash.
function splitTerms(selector: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < selector.length; i++) {
    if (selector[i] === '\\') i++;
    else if (selector[i] === ',') {
      terms.push(selector.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(selector.slice(start));
  return terms;
}

function parseTerm(term: string): { field: string; exact: boolean; value: string } | undefined {
  const operator = /!=|==|=/.exec(term);
  if (operator === null) return undefined;
  const value = unescapeValue(term.slice(operator.index + operator[0].length));
  if (value === undefined) return undefined;
  return { field: term.slice(0, operator.index), exact: operator[0] !== '!=', value };
}

function unescapeValue(value: string): string | undefined {
  let plain = '';
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string;
    if (char === ',' || char === '=') return undefined;
    if (char !== '\\') {
      plain += char;
      continue;
    }
    i++;
    const escaped = value[i];
    if (escaped !== '\\' && escaped !== ',' && escaped !== '=') return undefined;
    plain += escaped;
  }
  return plain;
}
