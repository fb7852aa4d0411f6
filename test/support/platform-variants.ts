import { commitFiles, type FileTexts } from './commit-files.ts';
import { git } from './gitops.ts';

const platform = 'namespaces/default/platform';
const workflowFile = (name: string) => `${platform}/component-workflows/${name}.yaml`;
const typeFile = `${platform}/component-types/service.yaml`;
const componentFile = (name: string) => `namespaces/default/projects/demo/components/${name}/component.yaml`;

/** Arguments of a ComponentWorkflow, by name; those that the sample has are replaced, others added. */
export type Arguments = Readonly<Record<string, string>>;

interface Variants {
  /** Further ComponentWorkflows like the sample's, with these arguments; the sample's ComponentType allows them. */
  readonly workflows?: Readonly<Record<string, Arguments>>;
  /** Further Components: the sample's text, changed. */
  readonly components?: Readonly<Record<string, (sample: string) => string>>;
  readonly files?: FileTexts;
}

/** Adds resources to the sample GitOps repository, a bare one, in one commit. */
export async function addVariants(
  gitops: string,
  { workflows = {}, components = {}, files = {} }: Variants,
): Promise<void> {
  const show = async (path: string) => `${await git(gitops, 'show', `main:${path}`)}\n`;
  const workflow = await show(workflowFile('docker-gitops-release'));
  const component = await show(componentFile('greeter'));
  const type = await show(typeFile);
  const allowed = Object.keys(workflows).map((name) => `    - ${name}\n`);
  await commitFiles(gitops, {
    ...Object.fromEntries(
      Object.entries(workflows).map(([name, values]) => [
        workflowFile(name),
        withArguments(workflow, values).replace(/name: docker-gitops-release/, `name: ${name}`),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(components).map(([name, change]) => [
        componentFile(name),
        change(component.replace('name: greeter', `name: ${name}`)),
      ]),
    ),
    [typeFile]: type.replace('    - docker-gitops-release\n', (line) => [line, ...allowed].join('')),
    ...files,
  });
}

function withArguments(workflow: string, values: Arguments): string {
  return Object.entries(values).reduce((text, [name, value]) => {
    const entry = `          - name: ${name}\n            value: ${JSON.stringify(value)}\n`;
    const known = new RegExp(`^ +- name: ${name}\\n.*\\n`, 'm');
    return known.test(text) ? text.replace(known, () => entry) : `${text.trimEnd()}\n${entry}`;
  }, workflow);
}
