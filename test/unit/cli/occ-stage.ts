import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { componentreleaseGenerate } from '../../../src/cli/componentrelease-generate.ts';
import { releasebindingGenerate } from '../../../src/cli/releasebinding-generate.ts';
import { workloadCreate } from '../../../src/cli/workload-create.ts';
import { folderWith } from '../../support/occ-tree.ts';
import { recordOut } from '../../support/recorded-out.ts';
import { folder, shop, workloadByHand } from '../openchoreo/generate/shop.ts';

const commands = { wc: workloadCreate, cr: componentreleaseGenerate, rb: releasebindingGenerate };
export type CommandName = keyof typeof commands;

/** Flags that name the component of the shop. */
export const web: readonly string[] = ['--project', 'shop', '--component', 'web'];
/** A Workload of which an image-only update loses nothing. */
export const workload = workloadByHand.replace('  labels: {tier: front} # seen\n', '');

/** A shop on disk with a Workload and these files, and its commands. */
export function stage(files: Readonly<Record<string, string>> = {}) {
  const { root, [Symbol.dispose]: dispose } = folderWith({ ...shop, [`${folder}/workload.yaml`]: workload, ...files });
  const callIn = async (environment: NodeJS.ProcessEnv, name: CommandName, ...args: string[]) => {
    const [out, err] = [recordOut(), recordOut()];
    const deps = { cwd: root, environment, today: '20260102' };
    const exit = await commands[name](args, deps, { out, err });
    return { exit, out: out.text(), err: err.text() };
  };
  return {
    root,
    callIn,
    call: (name: CommandName, ...args: string[]) => callIn({ HOME: root }, name, '--mode', 'file-system', ...args),
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    /** Every path below the root, and the texts of files. */
    everything: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .map(
          (entry) =>
            join(entry.parentPath, entry.name) +
            (entry.isFile() ? `\n${readFileSync(join(entry.parentPath, entry.name))}` : ''),
        )
        .sort(),
    [Symbol.dispose]: dispose,
  };
}

/** A mistake: what it is, the files that are different, the command with its arguments (WEB: the shop's component), what the message must hold. */
export type Mistake = readonly [
  title: string,
  files: Readonly<Record<string, string>>,
  command: string,
  says: readonly string[],
];

/** Calls a command as it stands in a table. */
export function callText({ call }: Pick<ReturnType<typeof stage>, 'call'>, command: string) {
  const [name = '', ...args] = command.replace('WEB', web.join(' ')).split(' ');
  return call(name as CommandName, ...args);
}

/** A command must end with 1 and an error that holds these texts, and change nothing. */
export async function expectMistake([, files, command, says]: Mistake): Promise<void> {
  using tree = stage(files);
  const before = tree.everything();
  const { exit, err } = await callText(tree, command);
  expect(exit).toBe(1);
  const error = err.split('\n').find((line) => line.startsWith('Error: '));
  for (const text of says) expect(error).toContain(text);
  expect(tree.everything()).toEqual(before);
}

/** A file of the shop with another text in one place. */
export function changed(path: string, from: RegExp | string, to: string): Readonly<Record<string, string>> {
  const text = { ...shop, [`${folder}/workload.yaml`]: workload }[path] ?? '';
  if (text.replace(from, to) === text) throw new Error(`${path} has no ${from}`);
  return { [path]: text.replace(from, to) };
}
