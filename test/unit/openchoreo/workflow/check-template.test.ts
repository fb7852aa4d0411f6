import { describe, expect, it } from 'vitest';
import { checkTemplate } from '../../../../src/openchoreo/workflow/check-template.ts';
import { parseParameterSchema } from '../../../../src/openchoreo/workflow/parameter-schema.ts';

const { fields } = parseParameterSchema({ docker: { context: 'string', env: 'map<string>' } }, 'schema');
const known = { parameters: fields, secretRef: undefined };
const check = (template: unknown) =>
  checkTemplate({ list: [template] }, known, 't').map(({ path, message }) => `${path}: ${message}`);

describe('checkTemplate', () => {
  it.each([
    'plain ${unterminated',
    '${parameters.docker.context}',
    '${parameters.docker.env.ANY}',
    '${secretRef.name}-${secretRef.data[0].secretKey}',
    '${has(parameters.other) ? parameters.other : ""}',
    { '${parameters.docker.context}': ['${size(parameters.docker.context)}'] },
  ])('finds nothing in %j', (template) => {
    expect(check(template)).toEqual([]);
  });

  it.each([
    [
      '${parameters.docker.contxt}',
      't.list[0]: parameters.docker.contxt does not exist; known below parameters.docker: context, env',
    ],
    ['${metadata.orgName}', 't.list[0]: metadata.orgName does not exist; known: parameters, secretRef'],
    ['${parameters.docker.context.size}', 'does not exist; nothing is below parameters.docker.context'],
    [
      { a: { '${parameters.x}': 1 } },
      't.list[0].a["${parameters.x}"]: parameters.x does not exist; known below parameters: docker',
    ],
    ['${size(}', 't.list[0]: ${size(}: '],
    ['${parameters.docker.env.transformList(k, v, k)}', 'not offered by Slipway'],
    ['${parameters.docker.env.all(k, v, v != "")}', 'not offered by Slipway'],
    ['${parameters.docker.context.first()}', 'no such function for values of these types'],
    ['${other.name + ""}', 'known names: metadata, systemParameters, parameters, secretRef'],
    ['${1 + "a"}', 't.list[0]: ${1 + "a"}: '],
  ])('says what is wrong with %j, and where', (template, message) => {
    expect(check(template)).toEqual([expect.stringContaining(message)]);
  });
});
