import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../../src/openchoreo/yaml/read.ts';

const texts = z.array(z.string()).default([]);

const Step = z.object({
  run: z.array(z.string()).optional(),
  cwd: z.string().default('{root}'),
  exit: z.number().default(0),
  says: texts,
  port: z.object({ exit: z.number(), says: texts }).optional(),
  edit: z.record(z.string(), z.string()).default({}),
  replace: z.object({ path: z.string(), old: z.string(), new: z.string() }).optional(),
  remove: texts,
});
export type Step = z.infer<typeof Step>;

/** What to run and what to expect of it; the rules are in the README. */
const Case = z.object({
  title: z.string(),
  occ: z.enum(['ok', 'bug', 'choice']),
  may_refuse: z.boolean().default(false),
  context: z.union([z.literal('none'), z.record(z.string(), z.string())]).default({}),
  root: z.string().default('repo'),
  setup: z
    .object({
      mkdir: texts,
      rename: z.array(z.object({ from: z.string(), to: z.string() })).default([]),
      symlink: z.array(z.object({ path: z.string(), target: z.string() })).default([]),
      crlf: texts,
      bom: texts,
    })
    .partial()
    .default({}),
  steps: z.array(Step),
  deleted: texts,
  port_deleted: z.array(z.string()).optional(),
  port_files: z.number().optional(),
});
export type Case = z.infer<typeof Case>;

/** A recorded case of the original tool. */
export function readCase(folder: string): Case {
  return Case.parse(parseYaml(readFileSync(join(folder, 'case.yaml'), 'utf8'), folder)[0]);
}

/** Texts of files by their path relative to a folder. */
export type Files = Map<string, string>;

/** Files below a folder by their path in it, without those of `home`; none where the folder does not exist. */
export function readFiles(folder: string): Files {
  const found: Files = new Map();
  const walk = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (path !== 'home') walk(path);
      } else found.set(path, entry.isSymbolicLink() ? 'a link' : readFileSync(join(folder, path), 'utf8'));
    }
  };
  try {
    walk('');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return found;
}
