import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Parameter, ParameterFields } from '../openchoreo/workflow/shorthand.ts';

const text = { type: { kind: 'string' } } as const;

/** Where a run's source is: the same fields in every ComponentWorkflow. */
const standard: ParameterFields = new Map([
  [
    'repository',
    group([
      ['url', text],
      ['secretRef', { ...text, default: '' }],
      [
        'revision',
        group([
          ['branch', text],
          ['commit', { ...text, default: '' }],
        ]),
      ],
      ['appPath', text],
    ]),
  ],
]);

/** The system parameters with the defaults and choices that a ComponentWorkflow gives them; fields of its own it cannot add. */
export function systemParameterFields(declared: ParameterFields): ParameterFields {
  return merge(standard, declared);
}

function merge(fields: ParameterFields, declared: ParameterFields): ParameterFields {
  return new Map(
    [...fields].map(([name, parameter]): [string, Parameter] => {
      const own = declared.get(name);
      if (own === undefined) return [name, parameter];
      if (parameter.type.kind !== 'object')
        return [name, own.type.kind === 'string' ? { ...parameter, ...own } : parameter];
      const nested = own.type.kind === 'object' ? own.type.fields : new Map<string, Parameter>();
      return [name, { type: { kind: 'object', fields: merge(parameter.type.fields, nested) } }];
    }),
  );
}

function group(fields: readonly [string, Parameter][]): Parameter {
  return { type: { kind: 'object', fields: new Map(fields) } };
}

/** A copy of the parameters in which a reference to a secret that is empty is not there at all, as templates expect. */
export function withoutEmptySecret(
  systemParameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { repository } = systemParameters;
  if (!isPlainObject(repository) || repository['secretRef'] !== '') return systemParameters;
  return {
    ...systemParameters,
    repository: Object.fromEntries(Object.entries(repository).filter(([name]) => name !== 'secretRef')),
  };
}
