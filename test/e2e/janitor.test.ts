import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRecordTag, toRecordAnnotations } from '../../src/builds/build-record.ts';
import { janitor } from '../../src/cli/janitor.ts';
import { createOpenRegistry } from '../../src/registry/open-registry.ts';
import type { JanitorResult } from '../../src/runs/cleaned.ts';
import { committer } from '../../src/runs/commit-message.ts';
import { cleanNow } from '../../src/temporal/clean-now.ts';
import { git } from '../support/gitops.ts';
import { recordOut } from '../support/recorded-out.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let gitops: string;
let ours = '';
const old = (second: string) => `release/greeter-20250101-1200${second}`;
const dayMs = 24 * 3600_000;

const branches = async () => (await git(gitops, 'for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n');
const hex = (digit: string) => digit.repeat(20);

async function openPullRequest(branch: string): Promise<(change: object) => Promise<Response>> {
  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  const pulls = `${test.world.forgeUrl}/api/v3/repos/acme/gitops/pulls`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ title: branch, body: '', head: branch, base: 'main' });
  const response = await fetch(pulls, { method: 'POST', headers, body });
  expect(response.status).toBe(201);
  const { number } = (await response.json()) as { number: number };
  return (change) => fetch(`${pulls}/${number}`, { method: 'PATCH', headers, body: JSON.stringify(change) });
}

/** The repository of the sample's image. */
function images() {
  const [, registry = '', name = ''] = /^([^/]+)\/(.+?):/.exec(image) ?? [];
  const open = createOpenRegistry({ httpHosts: [registry], registryAuth: async () => undefined });
  return { registry: open('default', new AbortController().signal), repository: { registry, name } };
}
let image = '';

async function clean(...args: string[]): Promise<{ code: number; result: JanitorResult; told: string }> {
  const [out, err] = [recordOut(), recordOut()];
  const deps = { clean: (dryRun: boolean) => cleanNow(test.client, dryRun) };
  const code = await janitor(['--json', ...args], deps, { out, err });
  return { code, result: JSON.parse(out.text()), told: err.text() };
}

beforeAll(async () => {
  test = await startTestWorld();
  gitops = join(test.folder, 'forge/repositories/acme/gitops.git');
  await test.startWorker();
  const result = await (await test.start('first', await test.world.commitChange('first change'))).result();
  image = result.image ?? '';
  ours = await git(gitops, 'rev-parse', result.branch ?? '');
  const others = await git(gitops, 'rev-parse', 'main');
  const tree = `${ours}^{tree}`;
  const author = ['-c', 'author.name=Slipway', '-c', `author.email=${committer.email}`];
  const ada = ['-c', 'committer.name=Ada', '-c', 'committer.email=ada@example.invalid'];
  const message = await git(gitops, 'log', '-1', '--format=%B', ours);
  const amended = await git(gitops, ...author, ...ada, 'commit-tree', tree, '-p', others, '-m', message);
  // Without a pull request, closed, open, of somebody else, ours but amended by somebody, and by its name of no run.
  for (const second of ['01', '02', '03']) await git(gitops, 'branch', old(second), ours);
  await git(gitops, 'branch', old('04'), others);
  await git(gitops, 'branch', old('05'), amended);
  await git(gitops, 'branch', 'release/greeter', ours);
  await (await openPullRequest(old('02')))({ state: 'closed' });
  await openPullRequest(old('03'));
  const { registry, repository } = images();
  const record = (days: number) =>
    toRecordAnnotations({
      digest: `sha256:${'a'.repeat(64)}`,
      builtAt: new Date(Date.now() - days * dayMs).toISOString(),
    });
  await registry.putRecord(repository, buildRecordTag(hex('1')), record(20));
  await registry.putRecord(repository, buildRecordTag(hex('2')), record(3));
  await registry.putRecord(repository, `slipway-cache-${hex('3')}`, record(21));
  await registry.putRecord(repository, 'slipway-b-of-somebody', record(22));
});
afterAll(() => test?.stop());

describe('a clean-up', () => {
  it('finds old branches without an open pull request, old build records and old caches, and nothing else', async () => {
    const [branchesBefore, tagsBefore] = [await branches(), await images().registry.tags(images().repository)];

    const { code, result, told } = await clean('--dry-run');

    expect({ code, told, jobs: result.jobs }).toEqual({ code: 0, told: '', jobs: 0 });
    const place = `${images().repository.registry}/${images().repository.name}`;
    expect(result.cleaned?.removed).toMatchObject([
      { kind: 'branch', name: old('01'), reason: 'it has no pull request', place: test.world.repositories.gitops },
      { kind: 'branch', name: old('02'), reason: 'its pull request is closed' },
      { kind: 'build-record', name: `slipway-b-${hex('1')}`, place },
      { kind: 'layer-cache', name: `slipway-cache-${hex('3')}`, place },
    ]);
    expect(await branches()).toEqual(branchesBefore);
    expect(await images().registry.tags(images().repository)).toEqual(tagsBefore);
  });

  it('removes just those, once', async () => {
    const before = { branches: await branches(), tags: await images().registry.tags(images().repository) };

    expect((await clean()).result.cleaned).toMatchObject({ count: 4, notes: [] });

    const gone = [old('01'), old('02'), `slipway-b-${hex('1')}`, `slipway-cache-${hex('3')}`];
    expect(await branches()).toEqual(before.branches.filter((name) => !gone.includes(name)));
    const tags = await images().registry.tags(images().repository);
    expect(tags).toEqual(before.tags.filter((tag) => !gone.includes(tag)));
    expect(tags.length).toBe(before.tags.length - 2);
    expect((await clean()).result.cleaned).toMatchObject({ count: 0, notes: [] });
  });
});
