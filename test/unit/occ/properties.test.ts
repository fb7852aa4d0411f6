import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentreleaseGenerate } from '../../../src/cli/componentrelease-generate.ts';
import { releasebindingGenerate } from '../../../src/cli/releasebinding-generate.ts';
import { workloadCreate } from '../../../src/cli/workload-create.ts';
import { splitDocuments } from '../../../src/openchoreo/yaml/documents.ts';
import { releasable, repository, type SomeComponent } from '../../support/gitops-repositories.ts';
import { folderWith } from '../../support/occ-tree.ts';
import { runs } from '../../support/properties.ts';
import { recordOut } from '../../support/recorded-out.ts';

const commands = { wc: workloadCreate, cr: componentreleaseGenerate, rb: releasebindingGenerate };

/** Calls a command in a repository; its exit code and what it said of trouble. */
async function call(root: string, command: keyof typeof commands, ...args: readonly string[]) {
  const [out, err] = [recordOut(), recordOut()];
  const deps = { cwd: root, environment: { HOME: '/nowhere' }, today: '20260102' };
  const exit = await commands[command](['--mode', 'file-system', ...args], deps, { out, err });
  return { exit, err: err.text() };
}

/** The three commands for one component, one after the other. */
async function release(root: string, { project, component, dialect }: SomeComponent, image: string, name: string) {
  const owner = ['--project', project, '--component', component];
  return [
    await call(root, 'wc', ...owner, '--image', image),
    await call(root, 'cr', ...owner, ...(dialect === 'v1.2' ? [] : ['--output-path', 'releases']), '--name', name),
    await call(root, 'rb', ...owner, '--component-release', name),
  ];
}

function textsOf(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(root, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(root, path), 'latin1')]));
}

const documentsOf = (text: string) => splitDocuments(text).map(({ start, end }) => text.slice(start, end));

/** Documents of the former files that are no more: which must be those that were to change. */
function changedDocuments(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...before].flatMap(([path, text]) => {
    const now = after.get(path) ?? '';
    if (text === now) return [];
    const left = documentsOf(now);
    return documentsOf(text).filter((document, index) => left[index] !== document);
  });
}

describe('the commands of the file mode, in any repository', () => {
  it('change no byte of what is not theirs, and nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(releasable, async ([{ files }, component]) => {
        using tree = folderWith(files);
        const before = textsOf(tree.root);
        const first = await release(tree.root, component, 'r.example/x:1', 'first');
        expect(first.map(({ exit, err }) => (exit === 0 ? 0 : err))).toEqual([0, 0, 0]);
        const after = textsOf(tree.root);
        const changed = changedDocuments(before, after);
        expect(changed.length).toBeLessThanOrEqual(1);
        for (const document of changed) expect(document).toMatch(/kind"?: "?Workload/);
        await release(tree.root, component, 'r.example/x:1', 'first');
        expect(textsOf(tree.root)).toEqual(after);
      }),
      runs(30),
    );
  });

  it('never put another content into a release', async () => {
    await fc.assert(
      fc.asyncProperty(releasable, async ([{ files }, component]) => {
        using tree = folderWith(files);
        await release(tree.root, component, 'r.example/x:1', 'first');
        const releases = [...textsOf(tree.root)].filter(([, text]) => text.includes('kind: ComponentRelease'));
        const [, again, bound] = await release(tree.root, component, 'r.example/x:2', 'first');
        expect(again?.exit).toBe(1);
        expect(bound?.exit).toBe(0);
        await release(tree.root, component, 'r.example/x:2', 'second');
        const after = textsOf(tree.root);
        expect(releases).toHaveLength(1);
        for (const [path, text] of releases) expect(after.get(path)).toBe(text);
      }),
      runs(20),
    );
  });

  it('bind in all environments what all components released, and then change nothing more', async () => {
    await fc.assert(
      fc.asyncProperty(repository, async ({ files, components }) => {
        using tree = folderWith(files);
        for (const { project, component } of components) {
          const { exit } = await call(
            tree.root,
            'wc',
            '--project',
            project,
            '--component',
            component,
            '--image',
            'x:1',
          );
          // Two components of one folder cannot both have its workload.yaml.
          fc.pre(exit === 0);
        }
        const bulk = async () => [
          await call(tree.root, 'cr', '--all', '--strict'),
          await call(tree.root, 'rb', '--all', '--use-pipeline', 'standard', '-e', 'development', '--strict'),
          await call(tree.root, 'rb', '--all', '--use-pipeline', 'standard', '-e', 'on', '--strict'),
          await call(tree.root, 'rb', '--all', '--use-pipeline', 'standard', '-e', '2', '--strict'),
        ];
        expect((await bulk()).map(({ exit, err }) => (exit === 0 ? 0 : err))).toEqual([0, 0, 0, 0]);
        const once = textsOf(tree.root);
        await bulk();
        expect(textsOf(tree.root)).toEqual(once);
      }),
      runs(20),
    );
  });
});
