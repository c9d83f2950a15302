// What the API server refuses in a label selector: those of an aggregated ClusterRole.
// As apimachinery's ValidateLabelSelector (pkg/apis/meta/v1/validation/validation.go), v1.34.
import { labelValueProblems, qualifiedNameProblems } from './api-names.ts';
import { type Fields, required } from './validate-fields.ts';

/** Reports to the selector's own list of problems. */
export function selectorProblems(selector: Fields): void {
  for (const [key, value] of selector.textMap('matchLabels')) {
    selector.reportInvalid('matchLabels', key, qualifiedNameProblems(key));
    selector.reportInvalid('matchLabels', value, labelValueProblems(value));
  }
  for (const expression of selector.list('matchExpressions')) checkExpression(expression);
}

function checkExpression(expression: Fields): void {
  const operator = expression.text('operator');
  const values = expression.texts('values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      const message = "must be specified when `operator` is 'In' or 'NotIn'";
      expression.report(required(expression.path('values'), message));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const message = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      expression.report(`${expression.path('values')}: Forbidden: ${message}`);
    }
  } else {
    expression.reportInvalid('operator', operator, ['not a valid selector operator']);
  }
  const key = expression.text('key');
  expression.reportInvalid('key', key, qualifiedNameProblems(key));
  for (const [index, value] of values.entries()) {
    expression.reportInvalid(`values[${index}]`, value, labelValueProblems(value));
  }
}
