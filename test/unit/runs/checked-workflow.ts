import { expect } from 'vitest';
import { parseYaml } from '../../../src/openchoreo/yaml/read.ts';
import { checkWorkflow } from '../../../src/runs/check-workflow.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { platform } from './sample-resources.ts';

const sample =
  platform
    .split('\n---\n')
    .find((text) => /kind: ComponentWorkflow\n/.test(text) && text.includes('name: docker-gitops-release')) ?? '';

/** What is found in the sample's ComponentWorkflow after some of its text was replaced. */
export function check(...changes: readonly (readonly [old: string, by: string])[]) {
  const text = changes.reduce((changed, [old, by]) => {
    expect(changed).toContain(old);
    return changed.replace(old, () => by);
  }, sample);
  const [value] = parseYaml(text, 'sample.yaml');
  const { mistakes, warnings } = checkWorkflow(value, builtInFlows);
  const told = ({ path, message }: { path: string; message: string }) => `${path}: ${message}`;
  return { mistakes: mistakes.map(told), warnings: warnings.map(told) };
}

/** Where a run template has its arguments. */
export const template = 'spec.runTemplate.spec';
export const argument = (name: string) => `${template}.arguments.parameters["${name}"]`;
export const tag = '{ name: image-tag, value: v1 }';
