import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { git } from './gitops.ts';
import type { RunHandle, TestWorld } from './world.ts';

/** How a run ended that had to fail, with the addresses of this machine written as `forge.test`, `registry.test` and `<folder>`. */
export interface Refusal {
  readonly type: string;
  readonly step: string | null;
  readonly message: string;
  /** What is there now and was not before: build folders, branches, pull requests, image tags. */
  readonly left: readonly string[];
}

/** Fields of the sample run by path, such as `spec.workflow.name`; undefined removes one. */
export type RunChanges = Readonly<Record<string, unknown>>;

let started = 0;

/** Starts the sample component's run at the head of main, with these fields changed. */
export async function startChanged({ client, world }: TestWorld, changes: RunChanges): Promise<RunHandle> {
  const name = `bad-${++started}`;
  const run = sampleRun(name, '', world.repositories.source);
  for (const [path, value] of Object.entries(changes)) setField(run, path.split('.'), value);
  return (await startRun(client, { namespace: 'default', name, run, trigger: 'manual' })).handle;
}

/** Runs the sample component with these fields changed to its end, which must be a failure. */
export async function refused(test: TestWorld, changes: RunChanges): Promise<Refusal> {
  const before = new Set(await leftovers(test));
  const run = await startChanged(test, changes);
  const error = await run.result().then(
    ({ outcome }) => new Error(`the run ended as ${outcome}`),
    (failure: unknown) => failure,
  );
  const { type, step, message } = explainFailure(error);
  const left = (await leftovers(test)).filter((thing) => !before.has(thing));
  return { type, step, message: withoutAddresses(test, message), left };
}

/** A text with the addresses of this machine's world replaced by names. */
export function withoutAddresses({ world, folder }: TestWorld, text: string): string {
  return text
    .replaceAll(new URL(world.forgeUrl).host, 'forge.test')
    .replaceAll(world.registry, 'registry.test')
    .replaceAll(folder, '<folder>');
}

async function leftovers({ folder, world }: TestWorld): Promise<string[]> {
  const owner = join(folder, 'forge/repositories/acme');
  const found = [
    ...(await readdir(join(folder, 'builds')).catch(() => [])).map((name) => `build ${name}`),
    ...(await tags(world.registry)),
    ...(await pullRequests(join(folder, 'forge/forge.json'))),
  ];
  for (const name of await readdir(owner)) {
    const branches = await git(join(owner, name), 'for-each-ref', '--format=%(refname:short)', 'refs/heads/release');
    found.push(...branches.split('\n').flatMap((branch) => (branch === '' ? [] : [`branch ${name} ${branch}`])));
  }
  return found;
}

async function tags(registry: string): Promise<string[]> {
  const ask = async (path: string) => (await fetch(`http://${registry}/v2/${path}`)).json();
  const { repositories } = (await ask('_catalog')) as { repositories: string[] };
  const lists = await Promise.all(
    repositories.map(async (name) => {
      const { tags = [] } = (await ask(`${name}/tags/list`)) as { tags?: string[] | null };
      return (tags ?? []).map((tag) => `tag ${name}:${tag}`);
    }),
  );
  return lists.flat();
}

async function pullRequests(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '{"repositories":{}}');
  const { repositories } = JSON.parse(text) as { repositories: Record<string, { pulls: { number: number }[] }> };
  return Object.entries(repositories).flatMap(([name, { pulls }]) =>
    pulls.map(({ number }) => `pull request ${name}#${number}`),
  );
}

function setField(target: object, [name = '', ...rest]: readonly string[], value: unknown): void {
  const fields = target as Record<string, object | undefined>;
  fields[name] ??= {};
  if (rest.length > 0) setField(fields[name], rest, value);
  else if (value === undefined) delete fields[name];
  else Object.assign(target, { [name]: value });
}
