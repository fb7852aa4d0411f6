import { describe, expect, it } from 'vitest';
import { Component } from '../../../../src/openchoreo/kinds/component.ts';
import { ComponentWorkflowRun } from '../../../../src/openchoreo/kinds/component-workflow-run.ts';
import { describeIssues } from '../../../../src/openchoreo/kinds/issues.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';

const head = (kind: string) => ({ apiVersion: 'openchoreo.dev/v1alpha1', kind, metadata: { name: 'greeter' } });

const run = `
apiVersion: openchoreo.dev/v1alpha1
kind: ComponentWorkflowRun
metadata: {name: greeter-001, namespace: default}
spec:
  owner: {projectName: demo, componentName: greeter}
  workflow:
    name: docker-gitops-release
    systemParameters:
      repository:
        url: https://example.com/samples
        revision: {branch: main}
        appPath: /service
    parameters: {docker: {context: /service}}
  later: {field: kept}
`;

describe('ComponentWorkflowRun', () => {
  it('takes a documented run and keeps unknown fields', () => {
    const [value] = parseYaml(run, 'run.yaml');
    expect(ComponentWorkflowRun.parse(value)).toEqual(value);
  });

  it('takes an empty commit', () => {
    const [value] = parseYaml(run.replace('branch: main', 'branch: main, commit: ""'), 'run.yaml');
    expect(ComponentWorkflowRun.safeParse(value).success).toBe(true);
  });

  it('names every wrong field at once', () => {
    const spec = {
      workflow: { name: 5, systemParameters: { repository: { revision: { branch: '', commit: 1234567 } } } },
    };
    const result = ComponentWorkflowRun.safeParse({ ...head('Run'), spec });
    expect(describeIssues(result.error ?? expect.fail()).split('; ')).toEqual([
      'kind must be ComponentWorkflowRun',
      'spec.owner is required',
      'spec.workflow.name must be text, not a number: put it in quotes',
      'spec.workflow.systemParameters.repository.url is required',
      'spec.workflow.systemParameters.repository.revision.branch must not be empty',
      'spec.workflow.systemParameters.repository.revision.commit must be text, not a number: put it in quotes',
      'spec.workflow.systemParameters.repository.appPath is required',
    ]);
  });
});

describe('Component', () => {
  it.each(['deployment/service', { kind: 'ComponentType', name: 'deployment/service' }, { name: 'x' }])(
    'takes %j as its type',
    (componentType) => {
      const value = { ...head('Component'), spec: { owner: { projectName: 'demo' }, componentType } };
      expect(Component.parse(value)).toEqual(value);
    },
  );

  it('says what is wrong with its parts', () => {
    const spec = {
      owner: { projectName: 'demo' },
      componentType: { name: 'a' },
      autoBuild: 'true',
      traits: [{ name: 1 }],
    };
    expect(describeIssues(Component.safeParse({ ...head('Component'), spec }).error ?? expect.fail())).toBe(
      'spec.autoBuild must be true or false without quotes, not a string; spec.traits[0].name must be text, not a number: put it in quotes',
    );
  });
});
