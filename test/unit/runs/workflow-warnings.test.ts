import { describe, expect, it } from 'vitest';
import { argument, check, tag } from './checked-workflow.ts';

describe('checkWorkflow', () => {
  it.each([
    [
      'a type that is broken and unused',
      'schema:\n',
      'schema:\n    types: { Port: strang }\n',
      'spec.schema.types.Port: "strang" is not a type',
    ],
    [
      'constraints without a blank between',
      'default=. description="Build',
      'enum=.,api|default=. description="Build',
      'spec.schema.parameters.docker.context: "|default=" belongs to the constraint before it',
    ],
    [
      'a parameter that is used nowhere',
      'docker:\n',
      'size: string | default=small\n      docker:\n',
      'spec.schema.parameters.size: is used in no template',
    ],
    [
      'an argument that has no effect',
      tag,
      `${tag}\n          - { name: size-of-cluster, value: big }`,
      `${argument('size-of-cluster')}: is not known to the flow docker-gitops-release and has no effect`,
    ],
    [
      'an expression that is not closed',
      tag,
      `${tag}\n          - { name: slipway-labels, value: 'a\${b' }`,
      'holds a "${" without "}", which stays as it is',
    ],
    [
      'a mistake in a part that is not read',
      'kind: Workflow\n',
      'kind: Workflow\n    x: ${metadata.orgName}\n',
      'spec.runTemplate.x: metadata.orgName does not exist',
    ],
    [
      'a resource that is not made',
      'runTemplate:\n',
      'resources: [{ id: a, template: { kind: ConfigMap } }]\n  runTemplate:\n',
      'spec.resources[0]: is not created by Slipway (ConfigMap)',
    ],
    [
      'an id that is there twice',
      'runTemplate:\n',
      'resources: [{ id: a, template: { kind: ExternalSecret } }, { id: a, template: { kind: ExternalSecret } }]\n  runTemplate:\n',
      'spec.resources[1].id: "a" is there twice',
    ],
    [
      'a condition that is no expression',
      'runTemplate:\n',
      'resources: [{ id: a, includeWhen: "true", template: { kind: ExternalSecret } }]\n  runTemplate:\n',
      'spec.resources[0].includeWhen: must be one expression',
    ],
  ])('warns of %s, and of nothing else', (_, old, by, message) => {
    expect(check([old, by])).toEqual({ mistakes: [], warnings: [expect.stringContaining(message)] });
  });
});
