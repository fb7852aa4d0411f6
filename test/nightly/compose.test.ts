import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ComposeWorld, startComposeWorld } from '../support/compose/compose-world.ts';

let world: ComposeWorld;
let runFile: string;
beforeAll(async () => {
  world = await startComposeWorld();
  runFile = fileURLToPath(new URL('../../deploy/compose/run.yaml', import.meta.url));
});
afterAll(() => world?.stop());

/** Calls Gitea's API as the administrator whose password the set-up made. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts on every field that it reads
async function api(method: string, path: string, body?: object): Promise<any> {
  const authorization = `Basic ${Buffer.from(`ada:${await world.password()}`).toString('base64')}`;
  const response = await fetch(`${world.gitea.url}/api/v1${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** Changes the sample service as its developers would, in Gitea's editor. */
async function change(text: string, file = 'www/index.html'): Promise<string> {
  const path = `/repos/acme/greeter/contents/${file}`;
  const { sha } = await api('GET', path);
  const content = Buffer.from(text).toString('base64');
  const { commit } = await api('PUT', path, { content, sha, branch: 'main', message: 'Change the page' });
  return commit.sha;
}

/** As soon as Gitea has found out that it can be merged. */
const merge = (number: number) =>
  expect
    .poll(
      () => api('POST', `/repos/acme/gitops/pulls/${number}/merge`, { Do: 'merge' }).then(() => 'merged', String),
      patient,
    )
    .toBe('merged');
const open = () => api('GET', '/repos/acme/gitops/pulls?state=open');
const statusOf = async (commit: string) => (await api('GET', `/repos/acme/greeter/commits/${commit}/status`)).state;
const slowDockerfile = (seconds: number) =>
  `FROM ${world.registry.host}/base/busybox:1\nRUN sleep ${seconds}\nCOPY www /srv/www\n`;
const patient = { timeout: 120_000, interval: 500 };

it('the set-up leaves a token for each purpose, in files that only their owner reads', async () => {
  const keys = (await readdir(world.secrets)).toSorted();

  expect(keys).toEqual(['git-token', 'gitea-secret', 'gitops-token', 'status-token']);
  const files = keys.map((key) => join(world.secrets, key));
  const values = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expect(new Set(values).size).toBe(4);
  for (const file of files) expect((await stat(file)).mode & 0o077).toBe(0);
});

it('a run that is started by hand becomes an image and a pull request', async () => {
  const source = `spec.workflow.systemParameters.repository.url=${world.gitea.url}/acme/greeter`;

  const said = await world.slipway('run', 'start', '-f', runFile, '--set', source, '--wait');

  expect(said).toContain('released');
  expect(await open()).toMatchObject([{ number: 1, user: { login: 'slipway' }, base: { ref: 'main' } }]);
  const tags = await fetch(`${world.registry.url}/v2/demo-greeter-image/tags/list`);
  expect(await tags.json()).toMatchObject({
    tags: expect.arrayContaining([expect.stringMatching(/^v1-[0-9a-f]{8}$/)]),
  });
});

it('a push does the same by its webhook, and takes the place of the older pull request', async () => {
  const commit = await change('<html>second</html>\n');

  await expect.poll(() => statusOf(commit), patient).toBe('success');

  expect(await open()).toMatchObject([{ number: 2, body: expect.stringContaining(commit) }]);
});

it('a run goes on when worker, Temporal and PostgreSQL are killed', async () => {
  const commit = await change(slowDockerfile(15), 'Dockerfile');
  await expect.poll(() => statusOf(commit), patient).toBe('pending');

  await world.crashWorker();
  await world.postgresql.crash();
  await world.temporal.crash();

  await expect.poll(() => statusOf(commit), patient).toBe('success');
  expect(await open()).toMatchObject([{ number: 3, body: expect.stringContaining(commit) }]);
});

it('a token that is replaced and revoked while a run builds is not missed', async () => {
  const commit = await change(slowDockerfile(8), 'Dockerfile');
  await expect.poll(() => statusOf(commit), patient).toBe('pending');

  const before = await api('GET', '/users/slipway/tokens');
  await world.renewTokens();
  for (const { id } of before) await api('DELETE', `/users/slipway/tokens/${id}`);

  await expect.poll(() => statusOf(commit), patient).toBe('success');
  expect(await open()).toMatchObject([{ number: 4, body: expect.stringContaining(commit) }]);
});

it('what is found by search attributes is the same as on the dev server', async () => {
  const said = await world.slipway('run', 'list', '--json');

  const runs = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(runs).toEqual(Array.from({ length: 4 }, () => expect.objectContaining({ outcome: 'released' })));
});

it('a merged release is unchanged when its commit is built again', async () => {
  await merge(4);
  const source = `spec.workflow.systemParameters.repository.url=${world.gitea.url}/acme/greeter`;

  const said = await world.slipway('run', 'start', '-f', runFile, '--set', source, '--wait');

  expect(said).toContain('unchanged');
});
