import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../src/openchoreo/yaml/write.ts';
import { type Files, occ } from './occ.ts';

const Step = z.object({
  run: z.array(z.string()).optional(),
  cwd: z.string().optional(),
  exit: z.number().optional(),
  port: z.object({ exit: z.number() }).optional(),
  edit: z.record(z.string(), z.string()).optional(),
  replace: z.unknown().optional(),
  remove: z.array(z.string()).optional(),
});

/** What to run and what to expect of it. */
const Case = z.object({
  title: z.string(),
  context: z.unknown().optional(),
  setup: z.unknown().optional(),
  steps: z.array(Step),
});
type Case = z.infer<typeof Case>;

/** A recorded case of the original tool. */
export function readCase(folder: string): Case {
  return Case.parse(parseYaml(readFileSync(join(folder, 'case.yaml'), 'utf8'), folder)[0]);
}

/** Runs a case's steps on its input; `exits` are the codes of the steps that ran something, `errors` what they said. */
export function runCase(folder: string, { steps, context }: Case): { files: Files; exits: number[]; errors: string[] } {
  const files = readFiles(join(folder, 'input'));
  const exits: number[] = [];
  const errors: string[] = [];
  const namespace = z.object({ namespace: z.string() }).safeParse(context).data?.namespace ?? 'default';
  for (const { run, edit, remove } of steps) {
    for (const [path, text] of Object.entries(edit ?? {})) files.set(path, text);
    for (const path of remove ?? []) files.delete(path);
    if (!run) continue;
    const args = run.map((arg) =>
      arg.replaceAll('{root}', 'repo').replaceAll('{src}', 'src').replaceAll('{work}/', ''),
    );
    const { exit, error } = occ(args, files, namespace);
    exits.push(exit);
    errors.push(error);
  }
  return { files, exits, errors };
}

/** The input with what the original tool changed or added. */
export function expectedFiles(folder: string, results: string): Files {
  return new Map([...readFiles(join(folder, 'input')), ...readFiles(join(folder, results))]);
}

/** Files by path: those of `changed` by their meaning, others by their text. */
export function comparable(files: Files, changed: ReadonlySet<string>): Record<string, string> {
  const entries = [...files].sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([path, text]) => [path, changed.has(path) ? meaning(text, path) : text]));
}

/** Files below a folder by their path in it; none where the folder does not exist. */
export function readFiles(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function meaning(text: string, path: string): string {
  return parseYaml(text, path).map(writeYaml).join('---\n');
}
