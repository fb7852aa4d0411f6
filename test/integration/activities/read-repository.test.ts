import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, constantFrom, oneof, record, sample } from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeptScans } from '../../../activities/kept-scans.ts';
import { createWithRepository } from '../../../activities/read-repository.ts';
import type { GitopsMirror } from '../../../src/git/git.ts';
import { createMirrors } from '../../../src/git/mirrors.ts';
import { generateRelease } from '../../../src/openchoreo/generate/release.ts';
import { scannedKinds } from '../../../src/openchoreo/repository/entry.ts';
import type { Repository } from '../../../src/openchoreo/repository/repository.ts';
import type { RepositoryScan } from '../../../src/openchoreo/repository/scan.ts';
import { type FileChange, type Files, type GitServer, startGitServer } from '../../support/git-server.ts';
import { digest, folder as home, shop, workloadByHand } from '../../unit/openchoreo/generate/shop.ts';

const owner = { namespace: 'default', project: 'shop', component: 'web' };
const component = shop[`${home}/component.yaml`] ?? '';
const request = {
  ...owner,
  environment: null,
  pipeline: null,
  image: `registry.example/web:1-11111111@${digest('b')}`,
  commit: '1'.repeat(40),
  repository: 'https://example.com/source',
  run: 'default/web-001',
  descriptor: null,
};

/** What a release gives, or why it cannot be. */
function release(repository: Repository): unknown {
  try {
    return generateRelease(repository, request);
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

function contents(scan: RepositoryScan) {
  const entries = scannedKinds.flatMap((kind) => scan.select(kind, {})).map((entry) => JSON.stringify(entry));
  return { entries: entries.sort(), size: scan.size, unplaced: scan.unplaced };
}

const places = constantFrom(
  `${home}/component.yaml`,
  `${home}/workload.yaml`,
  `${home}/all.yml`,
  'namespaces/default/platform/service.yaml',
  'vendor/workload.yaml',
  'moved/workload.yaml',
);
const texts = constantFrom(
  component,
  workloadByHand,
  `${workloadByHand}---\n${component}`,
  workloadByHand.replace('registry.example/web:1', 'registry.example/web:2'),
  shop['namespaces/default/platform/service.yaml'] ?? '',
  `${component}broken: [\n`,
);
const link = { mode: '120000', text: 'workload.yaml' } as const;
const change = record({
  path: places,
  to: oneof({ weight: 4, arbitrary: texts }, constantFrom<FileChange>(null, link)),
});
const [changes = []] = sample(array(array(change, { minLength: 1, maxLength: 4 }), { minLength: 25, maxLength: 25 }), {
  seed: 12,
  numRuns: 1,
});

describe('reading a GitOps repository again and again', () => {
  let server: GitServer;
  let folder: string;
  let name: string;
  let first: string;
  let mirror: GitopsMirror;
  let count = 0;

  const commit = (files: Files) => server.commitTo(name, 'main', files);
  const open = (signal = new AbortController().signal) =>
    createMirrors({ folder, httpHosts: [new URL(server.url).host], allowFile: false, caFile: undefined })(
      { url: `${server.url}/${name}.git`, authorization: undefined },
      signal,
    );

  beforeAll(async () => {
    server = await startGitServer();
    folder = await mkdtemp(join(tmpdir(), 'kept-'));
  });
  beforeEach(async () => {
    count += 1;
    name = `acme/gitops-${count}`;
    first = (await server.createRepository(name, shop)).commit;
    mirror = await open();
    await mirror.pin('main', 'run');
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives what a first reading gives, whatever changed and in whichever order commits are asked for', async () => {
    const withRepository = createWithRepository();
    const withScan = createKeptScans(1000);
    const commits = [first];
    for (const [at, some] of changes.entries()) {
      commits.push(await commit(Object.fromEntries(some.map(({ path, to }) => [path, to]))));
      await mirror.pin('main', 'run');
      // Now and then a run on an older base comes between.
      for (const base of [commits.at(-1) ?? first, ...(at % 5 === 4 ? [commits[at - 3] ?? first] : [])]) {
        expect(await withRepository(mirror, base, owner, release)).toEqual(
          await createWithRepository()(mirror, base, owner, release),
        );
        expect(await withScan(mirror, base, contents)).toEqual(await createKeptScans(1000)(mirror, base, contents));
      }
    }
  });

  it('asks the mirror only for what changed', async () => {
    const withRepository = createWithRepository();
    const asked: (readonly string[])[] = [];
    const watched: GitopsMirror = {
      ...mirror,
      readBlobs(ids) {
        asked.push(ids);
        return mirror.readBlobs(ids);
      },
    };
    await withRepository(watched, first, owner, release);
    await withRepository(watched, first, owner, release);
    asked.length = 0;
    const next = await commit({ 'namespaces/default/other.yaml': component.replaceAll('web', 'other') });
    await mirror.pin('main', 'run');
    await withRepository(watched, next, owner, release);
    await withRepository(watched, next, owner, release);
    expect(asked.flat()).toEqual([await server.git(name, 'rev-parse', `${next}:namespaces/default/other.yaml`)]);
  });

  it('shows each of several runs at once its own commit', async () => {
    const withRepository = createWithRepository();
    const isThere = (repository: Repository) => repository.exists('new.yaml');
    await withRepository(mirror, first, owner, isThere);
    const next = await commit({ 'new.yaml': component });
    const last = await commit({ 'new.yaml': null, 'other.yaml': component });
    await mirror.pin('main', 'run');
    const seen = await Promise.all(
      [next, last, first, next].map((base) => withRepository(mirror, base, owner, isThere)),
    );
    expect(seen).toEqual([true, false, false, true]);
  });

  it('follows where a reading was cancelled, the mirror is new, or the branch has another history', async () => {
    const withRepository = createWithRepository();
    const isThere = (repository: Repository) => repository.exists('new.yaml');
    expect(await withRepository(mirror, first, owner, isThere)).toBe(false);
    const next = await commit({ 'new.yaml': component });
    const stopped = new AbortController();
    const doomed = await open(stopped.signal);
    await doomed.pin('main', 'run');
    stopped.abort(new Error('cancelled'));
    await expect(withRepository(doomed, next, owner, isThere)).rejects.toThrow('cancelled');
    expect(await withRepository(mirror, next, owner, isThere)).toBe(true);

    await rm(folder, { recursive: true });
    const other = await server.commitTo(name, 'main', { 'b.yaml': component }, 'Other', { from: null });
    const fresh = await open();
    await fresh.pin('main', 'run');
    expect(fresh.key).toBe(mirror.key);
    expect(await withRepository(fresh, other, owner, isThere)).toBe(false);
  });
});
