import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { fieldPath, type Problem } from '../openchoreo/workflow/problem.ts';
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

/** What of a ComponentWorkflow's system parameters no run could give: only those that all have, each of them text. */
export function systemParameterProblems(declared: ParameterFields): readonly Problem[] {
  return misfits(standard, declared, 'spec.schema.systemParameters');
}

function misfits(fields: ParameterFields, declared: ParameterFields, path: string): readonly Problem[] {
  return [...declared].flatMap(([name, own]) => {
    const at = fieldPath(path, name);
    const parameter = fields.get(name);
    if (parameter === undefined)
      return [{ path: at, message: `is no system parameter; there are ${[...fields.keys()].join(', ')}` }];
    if (parameter.type.kind !== 'object')
      return own.type.kind === 'string' ? [] : [{ path: at, message: 'must be of the type string' }];
    if (own.type.kind !== 'object') return [{ path: at, message: 'must be a map of system parameters' }];
    return misfits(parameter.type.fields, own.type.fields, at);
  });
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
