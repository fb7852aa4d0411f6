import { describe, expect, it } from 'vitest';
import { readRun } from '../../../src/runs/read-run.ts';

const run = 'apiVersion: openchoreo.dev/v1alpha1\nkind: ComponentWorkflowRun\nmetadata: { name: a }\n';

describe('readRun', () => {
  it('gives the one run of a YAML file', () => {
    expect(readRun(`# mine\n---\n${run}---\n`, 'run.yaml')).toMatchObject({
      kind: 'ComponentWorkflowRun',
      metadata: { name: 'a' },
    });
  });

  it('gives the one run of a JSON file', () => {
    expect(readRun('{"kind": "ComponentWorkflowRun", "metadata": {"name": "a"}}', 'run.json')).toEqual({
      kind: 'ComponentWorkflowRun',
      metadata: { name: 'a' },
    });
  });

  it.each([
    ['nothing', '# empty\n', /run\.yaml: .* holds nothing/],
    ['two runs', `${run}---\n${run}`, /holds ComponentWorkflowRun, ComponentWorkflowRun/],
    ['another kind', 'kind: Component\n', /holds Component\./],
    ['a text', 'hello\n', /holds no resource/],
  ])('refuses a file with %s and says what it holds', (_, text, message) => {
    expect(() => readRun(text, 'run.yaml')).toThrow(message);
  });

  it('names file and line of what is no YAML', () => {
    expect(() => readRun('a: [1\nb: 2', 'run.yaml')).toThrow(/run\.yaml: line/);
  });

  it('refuses a token before it is sent anywhere, without repeating it', () => {
    const token = `github_pat_${'1'.repeat(30)}`;
    const text = `${run}spec: { workflow: { parameters: { npm: ["${token}"] } } }`;

    expect(() => readRun(text, 'run.yaml')).toThrow(/spec\.workflow\.parameters\.npm\[0\]: looks like a token/);
    expect(() => readRun(text, 'run.yaml')).not.toThrow(token);
  });
});
