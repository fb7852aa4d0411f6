import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { composeSpecification, findOrBuild } from './go-programs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const Model = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.object({ dockerfile: z.string() }).optional(),
      command: z.array(z.string()).nullish(),
      environment: z.record(z.string(), z.string().nullable()).default({}),
      networks: z.record(z.string(), z.unknown()).default({}),
      ports: z.array(z.object({ host_ip: z.string().optional() })).default([]),
      privileged: z.boolean().default(false),
      volumes: z.array(z.object({ type: z.string(), source: z.string(), target: z.string() })).default([]),
    }),
  ),
});

export type ComposeModel = z.infer<typeof Model>;

/** docker-compose.yml as the specification's own loader understands it: checked, with defaults and absolute paths. Throws what it complains about. */
export async function readComposeFile(file = join(root, 'docker-compose.yml')): Promise<ComposeModel> {
  const program = join(await findOrBuild(composeSpecification), 'cmd');
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return Model.parse(
    JSON.parse(await commandOutput(program, ['-format', 'json', file], { environment, folder: root })),
  );
}

/** The environment of one of its services, with addresses and folders replaced by those of this machine. */
export function environmentOf(
  { services }: ComposeModel,
  service: string,
  here: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = Object.entries(services[service]?.environment ?? {});
  const replaced = (text: string) => Object.entries(here).reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return Object.fromEntries(given.map(([name, value]) => [name, replaced(value ?? '')]));
}
