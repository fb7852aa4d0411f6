import { describe, expect, it } from 'vitest';
import { argument, check, tag, template } from './checked-workflow.ts';
import { token } from './sample-resources.ts';

describe('checkWorkflow', () => {
  it('finds nothing in a ComponentWorkflow as the guide has it', () => {
    expect(check()).toEqual({ mistakes: [], warnings: [] });
  });

  it.each([
    ['another kind', 'kind: ComponentWorkflow\n', 'kind: Workflow\n', 'kind: must be ComponentWorkflow'],
    ['no name', 'name: docker-gitops-release }', 'nam: x }', 'metadata.name: is required'],
    [
      'a schema that is a list',
      '    parameters:\n      docker:',
      '    parameters: []\n    x:\n      docker:',
      'spec.schema.parameters: must be a mapping',
    ],
    [
      'an odd TTL',
      'spec:\n  schema:',
      'spec:\n  ttlAfterCompletion: soon\n  schema:',
      'spec.ttlAfterCompletion: must be a duration such as 1d12h',
    ],
    [
      'an unknown type',
      'context: string',
      'context: strang',
      'spec.schema.parameters.docker.context: "strang" is not a type',
    ],
    [
      'a system parameter of its own',
      'appPath: string',
      'path: string',
      'spec.schema.systemParameters.repository.path: is no system parameter',
    ],
    [
      'a system parameter that is no text',
      'url: string',
      'url: integer',
      'spec.schema.systemParameters.repository.url: must be of the type string',
    ],
    [
      'a system parameter that is a group',
      'branch: string',
      'branch: { a: string }\n          x: string',
      'spec.schema.systemParameters.repository.revision.branch: must be of the type string',
    ],
    [
      'a group that is a text',
      'repository:\n',
      'repository: string\n      other:\n',
      'spec.schema.systemParameters.repository: must be a map of system parameters',
    ],
    [
      'a flow that nobody knows',
      'name: docker-gitops-release }\n      arg',
      'name: mine }\n      arg',
      `${template}.workflowTemplateRef.name: the flow "mine" is not known. Name one of docker-gitops-release`,
    ],
    [
      'no flow',
      'clusterScope: true, name: docker-gitops-release }\n',
      'clusterScope: true }\n',
      `${template}.workflowTemplateRef.name: must name a flow: docker-gitops-release`,
    ],
    [
      'a name that no run has',
      '${metadata.componentName}',
      '${metadata.orgName}',
      `${argument('component-name')}: metadata.orgName does not exist; known below metadata: workflowRunName`,
    ],
    [
      'an expression that does not end well',
      '${metadata.componentName}',
      '${size(}',
      `${argument('component-name')}: \${size(}`,
    ],
    [
      'a function that is not offered',
      '${metadata.componentName}',
      '${parameters.docker.transformList(k, v, k)}',
      'is not offered by Slipway',
    ],
    [
      'the same in a branch that is hardly taken',
      '${metadata.componentName}',
      '${true ? "component" : parameters.docker.transformList(k, v, k)}',
      'is not offered by Slipway',
    ],
    [
      'a macro that is not offered',
      '${metadata.componentName}',
      '${metadata.?componentName.optMap(x, x).orValue("")}',
      'is not offered by Slipway',
    ],
    [
      'what is left out inside a text',
      tag,
      '{ name: image-tag, value: "v${oc_omit()}" }',
      `${argument('image-tag')}: oc_omit() leaves out a whole value`,
    ],
    [
      'an expression that gives no text in any run',
      tag,
      '{ name: image-tag, value: "${duration(\'1h\')}" }',
      `${argument('image-tag')}: \${duration('1h')}: the result is no text`,
    ],
    [
      'an argument without name',
      tag,
      '{ value: v1 }',
      `${template}.arguments.parameters[14]: must be a mapping with a name and a value`,
    ],
    [
      'an argument without value',
      tag,
      '{ name: image-tag, valueFrom: {} }',
      `${argument('image-tag')}: has no value; valueFrom and the like are not supported`,
    ],
    ['an argument twice', tag, `${tag}\n          - ${tag}`, `${argument('image-tag')}: is given twice`],
    ['a required argument that is missing', `          - ${tag}\n`, '', `${argument('image-tag')}: is required`],
    [
      'a value that no run can use',
      tag,
      '{ name: image-tag, value: -x }',
      `${argument('image-tag')}: must begin with a letter`,
    ],
    [
      'a default that no run can use',
      'default=./Dockerfile',
      'default=../Dockerfile',
      `${argument('dockerfile-path')}: must stay inside the repository: it holds ".." (filled in with the defaults of the schema)`,
    ],
    [
      "another's component",
      '${metadata.componentName}',
      'shop-web',
      `${argument('component-name')}: must be the run's component`,
    ],
    [
      'an odd namespace',
      'namespace: openchoreo-ci-${metadata.namespaceName}',
      'namespace: A_B',
      'spec.runTemplate.metadata.namespace: must be the name of a resource',
    ],
    [
      'an odd account',
      'serviceAccountName: workflow-sa',
      'serviceAccountName: A_B',
      `${template}.serviceAccountName: must be the name of a resource`,
    ],
    [
      'no list of arguments',
      'arguments:\n        parameters:\n',
      'arguments:\n        others:\n',
      `${template}.arguments.parameters: must be a list of names and values`,
    ],
  ])('names %s as a mistake', (_, old, by, message) => {
    expect(check([old, by]).mistakes).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  it('tells all mistakes at once', () => {
    const { mistakes } = check(
      ['context: string', 'context: strang'],
      ['filePath: string', 'filePath: string | minimum=1'],
      ['url: string', 'url: integer'],
      [`          - ${tag}\n`, ''],
      ['clusterScope: true, name: docker-gitops-release }\n', 'name: mine }\n'],
    );

    expect(mistakes).toHaveLength(5);
  });

  it('shows no token', () => {
    const { mistakes } = check([tag, `{ name: image-tag, value: ${token} }`]);

    expect(mistakes.join()).toContain(`${template}.arguments.parameters[14].value: looks like a token`);
    expect(mistakes.join()).not.toContain(token);
  });

  it('takes a value for right that only a run can give', () => {
    const required = [
      ['branch: string | default=main', 'branch: string |'],
      ['context: string | default=.', 'context: string |'],
    ] as const;

    expect(check(...required)).toEqual({ mistakes: [], warnings: [] });
  });
});
