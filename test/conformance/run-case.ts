import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { componentreleaseGenerate } from '../../src/cli/componentrelease-generate.ts';
import type { OccDeps } from '../../src/cli/occ-command.ts';
import { releasebindingGenerate } from '../../src/cli/releasebinding-generate.ts';
import { workloadCreate } from '../../src/cli/workload-create.ts';
import { writeYaml } from '../../src/openchoreo/yaml/write.ts';
import { recordOut } from '../support/recorded-out.ts';
import { type Case, type Files, readFiles, type Step } from './cases.ts';

/** What came of a case: each run with what it said, all files before (with the case's own edits) and after. */
export interface Ran {
  readonly runs: readonly {
    readonly step: Step;
    readonly exit: number;
    readonly said: string;
    readonly stderr: string;
  }[];
  readonly before: Files;
  readonly after: Files;
  /** Puts this run's folders and date in the place of a case's words for them. */
  fill(text: string): string;
}

const commands = {
  'workload create': workloadCreate,
  'componentrelease generate': componentreleaseGenerate,
  'releasebinding generate': releasebindingGenerate,
};
const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');

/** Does a case's steps in a fresh folder, with the commands in this process. */
export async function runCase(folder: string, recorded: Case): Promise<Ran> {
  const work = mkdtempSync(join(tmpdir(), 'conformance-'));
  const root = join(work, recorded.root);
  const fill = (text: string) =>
    text
      .replaceAll('{root}', root)
      .replaceAll('{src}', join(work, 'src'))
      .replaceAll('{work}', work)
      .replaceAll('@TODAY@', today);
  try {
    if (existsSync(join(folder, 'input'))) cpSync(join(folder, 'input'), work, { recursive: true });
    prepare(work, recorded, fill);
    writeContext(work, recorded.context);
    const before = readFiles(work);
    const runs: Ran['runs'][number][] = [];
    for (const step of recorded.steps) {
      for (const path of edit(work, step, fill)) {
        const text = readFiles(work).get(path);
        if (text === undefined) before.delete(path);
        else before.set(path, text);
      }
      if (step.run) runs.push(await run(step, step.run.map(fill), fill(step.cwd), work));
    }
    return { runs, before, after: readFiles(work), fill };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function run(step: Step, args: readonly string[], cwd: string, work: string) {
  const [out, err] = [recordOut(), recordOut()];
  const deps: OccDeps = { cwd, environment: { HOME: join(work, 'home') }, today };
  const command = commands[args.slice(0, 2).join(' ') as keyof typeof commands];
  const exit = await command(args.slice(2), deps, { out, err });
  return { step, exit, said: out.text() + err.text(), stderr: err.text() };
}

function prepare(work: string, { setup }: Case, fill: (text: string) => string): void {
  for (const path of setup.mkdir ?? []) mkdirSync(join(work, path), { recursive: true });
  for (const { from, to } of setup.rename ?? []) renameSync(join(work, from), join(work, to));
  for (const { path, target } of setup.symlink ?? []) symlinkSync(fill(target), join(work, path));
  const change = (path: string, text: (before: string) => string) =>
    writeFileSync(join(work, path), text(readFileSync(join(work, path), 'utf8')));
  for (const path of setup.crlf ?? []) change(path, (before) => before.replaceAll('\n', '\r\n'));
  for (const path of setup.bom ?? []) change(path, (before) => `\uFEFF${before}`);
  // The date stands in names and in contents.
  for (const [path, text] of readFiles(work)) {
    if (text.includes('@TODAY@')) writeFileSync(join(work, path), fill(text));
    if (path.includes('@TODAY@')) renameSync(join(work, path), join(work, fill(path)));
  }
}

function writeContext(work: string, context: Case['context']): void {
  const home = join(work, 'home', '.openchoreo');
  mkdirSync(home, { recursive: true });
  if (context === 'none') return;
  const one = { name: 'c', controlplane: 'cp', credentials: 'cred', ...context };
  const text = context['raw'] ?? writeYaml({ currentContext: 'c', contexts: [one] });
  writeFileSync(join(home, 'config'), text);
}

/** Does what the case itself changes between runs; the paths of the files that it changed. */
function edit(work: string, step: Step, fill: (text: string) => string): readonly string[] {
  for (const [path, text] of Object.entries(step.edit)) {
    mkdirSync(dirname(join(work, fill(path))), { recursive: true });
    writeFileSync(join(work, fill(path)), fill(text));
  }
  const { replace } = step;
  if (replace) {
    const path = join(work, fill(replace.path));
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(fill(replace.old), () => fill(replace.new)),
    );
  }
  for (const path of step.remove) rmSync(join(work, fill(path)));
  return [...Object.keys(step.edit), ...(replace ? [replace.path] : []), ...step.remove].map(fill);
}
