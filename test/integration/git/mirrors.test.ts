import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GitopsMirror, OpenMirror } from '../../../src/git/git.ts';
import { createMirrors } from '../../../src/git/mirrors.ts';
import { committer } from '../../../src/runs/commit-message.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { type LosingProxy, startLosingProxy } from '../../support/losing-proxy.ts';

const { signal } = new AbortController();
const files = {
  'README.md': '# gitops\n',
  'apps/greeter/workload.yaml': 'kind: Workload\n',
  'apps/greeter/run.sh': { mode: '100755', text: '#!/bin/sh\n' } as const,
  'apps/other/workload.yaml': 'kind: Workload\nname: other\n',
  'large.bin': 'x'.repeat(2 * 1024 * 1024),
};

describe('mirrors of GitOps repositories', () => {
  let server: GitServer;
  let proxy: LosingProxy;
  let folder: string;
  let openMirrors: OpenMirror;
  let name: string;
  let first: string;
  let mirror: GitopsMirror;
  let count = 0;

  const settingsFor = (place: string) => ({
    folder: place,
    httpHosts: [new URL(server.url).host, new URL(proxy.url).host],
    allowFile: false,
    caFile: undefined,
  });
  const remote = () => ({ url: `${server.url}/${name}.git`, authorization: undefined });
  const openAnother = async (): Promise<GitopsMirror> =>
    createMirrors(settingsFor(await mkdtemp(path.join(folder, 'other-'))))(remote(), signal);
  const release = async (by: GitopsMirror, parent: string, text = 'released\n'): Promise<string> => {
    const tree = await by.writeTree(parent, new Map([['apps/greeter/workload.yaml', text]]));
    return by.commit({ tree, parent, message: 'Release greeter\n\nRun: default/greeter-1', date: 1_767_225_600 });
  };

  beforeAll(async () => {
    server = await startGitServer();
    proxy = await startLosingProxy(server.url);
    folder = await mkdtemp(path.join(tmpdir(), 'mirrors-'));
  });
  beforeEach(async () => {
    count += 1;
    name = `acme/gitops-${count}`;
    first = (await server.createRepository(name, files)).commit;
    openMirrors = createMirrors(settingsFor(path.join(folder, 'worker')));
    mirror = await openMirrors(remote(), signal);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const readAll = async (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const texts = new Map<string, string>();
    for await (const { id, text } of mirror.readBlobs(ids)) texts.set(id, text);
    return texts;
  };

  it('pins a branch, reads its files without asking again, and fetches large ones once', async () => {
    expect(await mirror.pin('main', 'default/run-1')).toBe(first);
    const asked = server.requests.length;
    const entries = [...(await mirror.files(first))];
    expect(entries.map(({ path: file }) => file)).toEqual(Object.keys(files).toSorted());
    const yaml = entries.filter(({ path: file }) => file.endsWith('.yaml')).map(({ id }) => id);
    expect([...(await readAll(yaml)).values()]).toEqual(['kind: Workload\n', 'kind: Workload\nname: other\n']);
    expect(server.requests.length).toBe(asked);
    const large = entries.filter(({ path: file }) => file === 'large.bin').map(({ id }) => id);
    expect((await readAll(large)).get(large[0] ?? '')?.length).toBe(2 * 1024 * 1024);
    const askedOnce = server.requests.length;
    expect(askedOnce).toBeGreaterThan(asked);
    expect((await readAll(large)).size).toBe(1);
    expect(server.requests.length).toBe(askedOnce);
  });

  it('pins what the branch is now, and says which branch is missing', async () => {
    await mirror.pin('main', 'run-1');
    const next = await server.commitTo(name, 'main', { 'new.yaml': 'a: 1\n' });
    expect(await mirror.pin('main', 'run-2')).toBe(next);
    expect(await mirror.pin('main', 'run-1')).toBe(next);
    await expect(mirror.pin('mian', 'run-1')).rejects.toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringContaining('no branch mian'),
    });
  });

  it('writes, replaces and removes files without touching others', async () => {
    await mirror.pin('main', 'run-1');
    const tree = await mirror.writeTree(
      first,
      new Map([
        ['apps/greeter/run.sh', '#!/bin/bash\n'],
        ['apps/greeter/releases/ü.yaml', 'new\n'],
        ['apps/other/workload.yaml', null],
        ['not/there.yaml', null],
        ['top.yaml', ''],
        // Around a folder's place in git's order of names.
        ['apps.yaml', 'x'],
        ['apps0', 'x'],
      ]),
    );
    const commit = await mirror.commit({ tree, parent: first, message: 'x', date: 1 });
    expect([...(await mirror.files(commit))].map(({ path: file, mode }) => `${mode} ${file}`)).toEqual([
      '100644 README.md',
      '100644 apps.yaml',
      '100644 apps/greeter/releases/ü.yaml',
      '100755 apps/greeter/run.sh',
      '100644 apps/greeter/workload.yaml',
      '100644 apps0',
      '100644 large.bin',
      '100644 top.yaml',
    ]);
    expect((await mirror.changedPaths(first, commit)).toSorted()).toEqual([
      'apps.yaml',
      'apps/greeter/releases/ü.yaml',
      'apps/greeter/run.sh',
      'apps/other/workload.yaml',
      'apps0',
      'top.yaml',
    ]);
    expect(await mirror.push(commit, 'release/files', null)).toEqual({ kind: 'pushed' });
    expect(await server.git(name, 'fsck', '--strict')).toBe('');
  });

  it('gives the base tree where nothing changes, and refuses paths outside', async () => {
    await mirror.pin('main', 'run-1');
    const tree = await server.git(name, 'rev-parse', 'main^{tree}');
    expect(await mirror.writeTree(first, new Map([['README.md', '# gitops\n']]))).toBe(tree);
    for (const outside of ['../x', '/etc/x', '.git/config', 'a/../../x', '']) {
      await expect(mirror.writeTree(first, new Map([[outside, 'x']]))).rejects.toMatchObject({ type: 'InvalidRun' });
    }
  });

  it('makes the same commit from two mirrors, by the fixed author', async () => {
    const other = await openAnother();
    await mirror.pin('main', 'run-1');
    await other.pin('main', 'run-9');
    const commit = await release(mirror, first);
    expect(await release(other, first)).toBe(commit);
    expect(await mirror.push(commit, 'release/x', null)).toEqual({ kind: 'pushed' });
    expect(await other.push(commit, 'release/x', null)).toEqual({ kind: 'pushed' });
    expect(await server.git(name, 'log', '-1', '--format=%an <%ae> %ct %cn <%ce>%n%B', 'release/x')).toBe(
      `${committer.name} <${committer.email}> 1767225600 ${committer.name} <${committer.email}>\nRelease greeter\n\nRun: default/greeter-1`,
    );
  });

  it('says which commit holds the branch, describes it, and replaces it on purpose only', async () => {
    await mirror.pin('main', 'run-1');
    const taken = await server.commitTo(name, 'release/x', { 'theirs.txt': '1\n' }, 'Theirs\n\nRun: default/other', {
      from: first,
    });
    const commit = await release(mirror, first);
    expect(await mirror.push(commit, 'release/x', null)).toEqual({ kind: 'taken', head: taken });
    expect(await mirror.push(commit, 'release/x', first)).toEqual({ kind: 'taken', head: taken });
    expect(await mirror.describeCommit('release/x', taken)).toEqual({
      message: 'Theirs\n\nRun: default/other',
      committerEmail: 'someone@example.test',
      tree: await server.git(name, 'rev-parse', `${taken}^{tree}`),
    });
    expect(await mirror.push(commit, 'release/x', taken)).toEqual({ kind: 'pushed' });
    expect(await mirror.remoteHead('release/x')).toBe(commit);
    expect(await mirror.remoteHead('release/none')).toBeUndefined();
  });

  it('knows its own commit when the answer to its push was lost', async () => {
    const behind = await openMirrors({ url: `${proxy.url}/${name}.git`, authorization: undefined }, signal);
    await behind.pin('main', 'run-1');
    const commit = await release(behind, first);
    proxy.loseNext('git-receive-pack');
    expect(await behind.push(commit, 'release/lost', null)).toEqual({ kind: 'pushed' });
    expect(await server.git(name, 'rev-parse', 'release/lost')).toBe(commit);
  });

  it('tells a rule of the server from a branch that is taken', async () => {
    await mirror.pin('main', 'run-1');
    const hook = path.join(server.root, `${name}.git`, 'hooks', 'pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "GH006: Protected branch" >&2\nexit 1\n', { mode: 0o755 });
    const commit = await release(mirror, first);
    const refusal = { type: 'PolicyRejected', message: expect.stringContaining('GH006: Protected branch') };
    await expect(mirror.push(commit, 'release/x', null)).rejects.toMatchObject(refusal);
    await expect(mirror.push(commit, 'main', first)).rejects.toMatchObject(refusal);
  });

  it('deletes a branch at our commit only, and may do so again', async () => {
    await mirror.pin('main', 'run-1');
    const commit = await release(mirror, first);
    await mirror.push(commit, 'release/x', null);
    expect(await mirror.deleteBranch('release/x', first)).toBe(false);
    expect(await mirror.remoteHead('release/x')).toBe(commit);
    expect(await mirror.deleteBranch('release/x', commit)).toBe(true);
    expect(await mirror.remoteHead('release/x')).toBeUndefined();
    expect(await mirror.deleteBranch('release/x', commit)).toBe(true);
  });

  it('brings a commit to a worker that does not have it', async () => {
    await server.commitTo(name, 'main', { 'new.yaml': 'a: 1\n' });
    await mirror.ensure(first);
    await mirror.ensure(first);
    expect([...(await mirror.files(first))]).toHaveLength(Object.keys(files).length);
    await expect(mirror.ensure('1'.repeat(40))).rejects.toMatchObject({ type: 'SourceNotFound' });
  });

  it('serves ten runs at once from one mirror', async () => {
    const run = async (index: number): Promise<string> => {
      const own = await openMirrors(remote(), signal);
      const base = await own.pin('main', `run-${index}`);
      const commit = await release(own, base, `released ${index}\n`);
      expect(await own.push(commit, `release/${index}`, null)).toEqual({ kind: 'pushed' });
      await own.release(`run-${index}`);
      return commit;
    };
    const commits = await Promise.all(Array.from({ length: 10 }, (_, index) => run(index)));
    const heads = await server.git(name, 'for-each-ref', '--format=%(objectname)', 'refs/heads/release');
    expect(heads.split('\n').toSorted()).toEqual(commits.toSorted());
  });

  describe('its folder', () => {
    const mirrors = (): string => path.join(folder, 'worker', 'mirrors');
    const own = async (): Promise<readonly string[]> =>
      (await readdir(mirrors())).filter((each) => each.startsWith(`gitops-${count}-`)).toSorted();
    const current = async (): Promise<string> => path.join(mirrors(), (await own()).at(-1) ?? '');
    const refs = async (): Promise<readonly string[]> => readdir(path.join(await current(), 'refs', 'slipway', 'runs'));
    const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3600_000);

    it('forgets a released run, but never the newest', async () => {
      await mirror.pin('main', 'run-1');
      await new Promise((resolve) => setTimeout(resolve, 20));
      await mirror.pin('main', 'run-2');
      await mirror.release('run-1');
      expect(await refs()).toHaveLength(1);
      await mirror.release('run-2');
      await mirror.release('run-2');
      await mirror.release('unknown');
      expect(await refs()).toHaveLength(1);
    });

    it('is tidied hourly: runs of more than a day and what killed fetches left', async () => {
      await mirror.pin('main', 'run-1');
      const [old = ''] = await refs();
      const place = await current();
      const leftover = path.join(place, 'objects', 'pack', 'tmp_pack_abc');
      await writeFile(leftover, 'x');
      await utimes(leftover, hoursAgo(2), hoursAgo(2));
      await utimes(path.join(place, 'refs', 'slipway', 'runs', old), hoursAgo(25), hoursAgo(25));
      await mirror.pin('main', 'run-2');
      await openMirrors(remote(), signal);
      expect(await refs()).toHaveLength(2);
      await utimes(path.join(place, 'tidied'), hoursAgo(2), hoursAgo(2));
      await openMirrors(remote(), signal);
      expect(await refs()).toHaveLength(1);
      expect(await refs()).not.toContain(old);
      expect(await readdir(path.join(place, 'objects', 'pack'))).not.toContain('tmp_pack_abc');
    });

    it('gets a successor beside it when it is damaged', async () => {
      await mirror.pin('main', 'run-1');
      const before = await own();
      await rm(path.join(await current(), 'HEAD'));
      await expect(mirror.pin('main', 'run-1')).rejects.toMatchObject({ type: 'Unavailable' });
      const again = await openMirrors(remote(), signal);
      expect(await again.pin('main', 'run-1')).toBe(first);
      expect(await own()).toHaveLength(before.length + 1);
    });

    it('gets a successor when git finds it broken', async () => {
      await mirror.pin('main', 'run-1');
      const packs = path.join(await current(), 'objects', 'pack');
      const [pack = ''] = (await readdir(packs)).filter((file) => file.endsWith('.pack'));
      await rm(path.join(packs, pack));
      await writeFile(path.join(packs, pack), 'garbage');
      await expect(mirror.pin('main', 'run-1')).rejects.toMatchObject({ type: 'Unavailable' });
      const again = await openMirrors(remote(), signal);
      expect(await again.pin('main', 'run-1')).toBe(first);
    });

    it('gets a successor at some hundred packs, while those who use the old one can finish', async () => {
      await mirror.pin('main', 'run-1');
      const place = await current();
      await Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          writeFile(path.join(place, 'objects', 'pack', `pack-${index}.pack`), ''),
        ),
      );
      const successor = await openMirrors(remote(), signal);
      expect(await own()).toHaveLength(2);
      expect(await successor.pin('main', 'run-2')).toBe(first);
      expect([...(await mirror.files(first))]).toHaveLength(Object.keys(files).length);
    });

    it('is never shallow, and has no FETCH_HEAD', async () => {
      await mirror.pin('main', 'run-1');
      const names = await readdir(await current());
      expect(names).not.toContain('shallow');
      expect(names).not.toContain('FETCH_HEAD');
    });

    it('is another one for another credential', async () => {
      await openMirrors({ ...remote(), authorization: 'Basic eDp5' }, signal);
      expect(await own()).toHaveLength(2);
    });
  });
});
