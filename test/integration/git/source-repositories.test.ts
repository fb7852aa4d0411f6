import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Remote, SourceRepositories, SourceSnapshot, WantedCommit } from '../../../src/git/git.ts';
import { createSourceRepositories } from '../../../src/git/source-repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { startLosingProxy } from '../../support/losing-proxy.ts';

const token = 'a|b&c@d:e/f%g';
const basic = (value: string): string => `Basic ${Buffer.from(`x-access-token:${value}`).toString('base64')}`;
const { signal } = new AbortController();

describe('source repositories', () => {
  let server: GitServer;
  let folder: string;
  let sources: SourceRepositories;
  let open: Remote;
  let closed: Remote;
  const commits = { first: '', second: '', head: '', side: '', fork: '' };

  const wanted = (more: Partial<WantedCommit> = {}): WantedCommit => ({
    branch: 'main',
    commit: null,
    allowUnreachable: false,
    ...more,
  });
  const commitOf = (more?: Partial<WantedCommit>): Promise<string> =>
    sources.withCommit(open, wanted(more), signal, async ({ commit }) => commit);
  const withHead = <T>(use: (snapshot: SourceSnapshot) => Promise<T>): Promise<T> =>
    sources.withCommit(open, wanted(), signal, use);

  beforeAll(async () => {
    server = await startGitServer({ token, publicRepositories: ['acme/open'] });
    folder = await mkdtemp(path.join(tmpdir(), 'sources-'));
    sources = createSourceRepositories({
      folder,
      httpHosts: [new URL(server.url).host],
      allowFile: false,
      caFile: undefined,
    });
    const made = await server.createRepository('acme/open', { 'README.md': 'hello\n' });
    commits.first = made.commit;
    commits.second = await server.commitTo('acme/open', 'main', {
      'app/Dockerfile': 'FROM scratch\n',
      'app/workload.yaml': 'kind: Workload\n',
      'app/link.yaml': { mode: '120000', text: 'workload.yaml' },
      away: { mode: '120000', text: 'app' },
      'app/large.yaml': 'x'.repeat(1024 * 1024 + 1),
    });
    commits.head = await server.commitTo('acme/open', 'main', { 'app/ü b.txt': 'ü\n' }, 'Subject ü\n\nBody', {
      date: 1_700_000_500,
    });
    commits.side = await server.commitTo('acme/open', 'feature/login', { 'side.txt': '1\n' }, 'Side', {
      from: commits.first,
    });
    commits.fork = await server.commitTo('acme/open', 'temporary', { 'evil.txt': '1\n' }, 'Fork', {
      from: commits.head,
    });
    await server.git('acme/open', 'update-ref', 'refs/pull/1/head', commits.fork);
    await server.git('acme/open', 'update-ref', '-d', 'refs/heads/temporary');
    open = { url: made.url, authorization: undefined };
    const privateOne = await server.createRepository('acme/closed');
    closed = { url: privateOne.url, authorization: basic(token) };
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('resolves the head of a branch anonymously, with what its commit says', async () => {
    const { commit, subject, author, committedAt } = await withHead(async (snapshot) => snapshot);
    expect({ commit, subject, author, committedAt }).toEqual({
      commit: commits.head,
      subject: 'Subject ü',
      author: 'Someone',
      committedAt: 1_700_000_500,
    });
  });

  it('reads a private repository with its token, and says what lacks without or with a wrong one', async () => {
    const use = (remote: Remote): Promise<string> =>
      sources.withCommit(
        remote,
        wanted(),
        signal,
        async (snapshot) => (await snapshot.readFiles(['README.md'])).get('README.md') ?? '',
      );
    expect(await use(closed)).toBe('# acme/closed\n');
    await expect(use({ ...closed, authorization: undefined })).rejects.toMatchObject({
      type: 'AccessDenied',
      message: expect.stringContaining('Set git-token for 127.0.0.1'),
    });
    await expect(use({ ...closed, authorization: basic('wr|ong') })).rejects.toMatchObject({
      type: 'AccessDenied',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ refused the git-token for acme\/closed/),
    });
  });

  it('says what exists instead of a missing repository or branch', async () => {
    await expect(commitOf({ branch: 'mian' })).rejects.toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringContaining('did you mean main?'),
    });
    await expect(commitOf({ branch: 'release' })).rejects.toThrow('it has feature/login, main');
    const nowhere = { url: `${server.url}/acme/nothing.git`, authorization: basic(token) };
    await expect(sources.withCommit(nowhere, wanted(), signal, async () => 1)).rejects.toMatchObject({
      type: 'SourceNotFound',
    });
  });

  it('takes commits of the branch by full or short id', async () => {
    expect(await commitOf({ commit: commits.head })).toBe(commits.head);
    expect(await commitOf({ commit: commits.first })).toBe(commits.first);
    expect(await commitOf({ commit: commits.second.slice(0, 7) })).toBe(commits.second);
    expect(await commitOf({ branch: 'feature/login', commit: commits.side.slice(0, 12) })).toBe(commits.side);
  });

  it('reads files of an older commit', async () => {
    const read = (commit: string): Promise<string | undefined> =>
      sources.withCommit(open, wanted({ commit }), signal, async (snapshot) => (await snapshot.entry('app'))?.type);
    expect(await read(commits.first)).toBeUndefined();
    expect(await read(commits.second)).toBe('tree');
  });

  it('refuses commits that the branch does not reach: unknown ones, those of other branches and of forks', async () => {
    for (const commit of ['1'.repeat(40), commits.side, commits.fork, commits.fork.slice(0, 8), 'abcdef0']) {
      await expect(commitOf({ commit })).rejects.toMatchObject({
        type: 'SourceNotFound',
        message: expect.stringContaining(commits.head.slice(0, 12)),
      });
    }
    await expect(commitOf({ commit: 'main' })).rejects.toMatchObject({ type: 'InvalidRun' });
  });

  it('takes a commit outside of the branch where that is allowed', async () => {
    expect(await commitOf({ commit: commits.fork, allowUnreachable: true })).toBe(commits.fork);
    await expect(commitOf({ commit: '1'.repeat(40), allowUnreachable: true })).rejects.toMatchObject({
      type: 'SourceNotFound',
    });
  });

  it('finds objects by path without following links', async () => {
    const found = await withHead((snapshot) =>
      Promise.all(
        ['.', 'app', 'app/workload.yaml', 'app/link.yaml', 'away/workload.yaml', 'none', '../x', 'app/ü b.txt'].map(
          (each) => snapshot.entry(each),
        ),
      ),
    );
    expect(found.map((entry) => entry && [entry.path, entry.mode])).toEqual([
      ['.', '040000'],
      ['app', '040000'],
      ['app/workload.yaml', '100644'],
      ['app/link.yaml', '120000'],
      undefined,
      undefined,
      undefined,
      ['app/ü b.txt', '100644'],
    ]);
    expect(found[0]?.id).toBe(await server.git('acme/open', 'rev-parse', `${commits.head}^{tree}`));
  });

  it('reads the files that exist, all in one request', async () => {
    await withHead(async (snapshot) => {
      const before = server.requests.length;
      const files = await snapshot.readFiles([
        'app/Dockerfile',
        'app/workload.yaml',
        'none',
        'app',
        'app/link.yaml',
        'away/Dockerfile',
        'app/ü b.txt',
      ]);
      expect(Object.fromEntries(files)).toEqual({
        'app/Dockerfile': 'FROM scratch\n',
        'app/workload.yaml': 'kind: Workload\n',
        'app/ü b.txt': 'ü\n',
      });
      expect(server.requests.slice(before).filter(({ method }) => method === 'POST').length).toBeLessThanOrEqual(2);
      const again = server.requests.length;
      expect((await snapshot.readFiles(['app/Dockerfile'])).size).toBe(1);
      expect(server.requests.length).toBe(again);
    });
  });

  it('lists the regular files below a folder', async () => {
    await withHead(async (snapshot) => {
      const below = ['Dockerfile', 'large.yaml', 'workload.yaml', 'ü b.txt'];
      expect((await snapshot.filesBelow('app')).toSorted()).toEqual(below);
      const all = ['README.md', ...below.map((file) => `app/${file}`)];
      expect((await snapshot.filesBelow('.')).toSorted()).toEqual(all);
      expect(await snapshot.filesBelow('README.md')).toEqual([]);
      expect(await snapshot.filesBelow('../app')).toEqual([]);
    });
  });

  it('refuses a file of more than a megabyte, where no other size is given', async () => {
    expect((await withHead((snapshot) => snapshot.readFiles(['app/large.yaml'], 2))).size).toBe(1);
    await expect(withHead((snapshot) => snapshot.readFiles(['app/large.yaml']))).rejects.toMatchObject({
      type: 'DescriptorInvalid',
      message: expect.stringContaining('app/large.yaml'),
    });
  });

  it('says how two commits relate', async () => {
    const { first, second, head, side } = commits;
    expect(await sources.relation(open, first, head, signal)).toBe('ancestor');
    expect(await sources.relation(open, head, second, signal)).toBe('descendant');
    expect(await sources.relation(open, head, head, signal)).toBe('same');
    expect(await sources.relation(open, side, head, signal)).toBe('unrelated');
    expect(await sources.relation(open, '1'.repeat(40), head, signal)).toBe('unrelated');
  });

  it('serves a server that gives no commit by its id', async () => {
    const old = await startLosingProxy(server.url, { refsOnly: true });
    try {
      const settings = { folder, httpHosts: [new URL(old.url).host], allowFile: false, caFile: undefined };
      const remote = { url: `${old.url}/acme/open.git`, authorization: undefined };
      const reading = createSourceRepositories(settings).withCommit(
        remote,
        wanted({ commit: commits.second }),
        signal,
        (snapshot) => snapshot.entry('app/Dockerfile'),
      );
      expect(await reading).toMatchObject({ type: 'blob' });
    } finally {
      await old.close();
    }
  });

  it('leaves nothing behind, not even after a failure or an abort', async () => {
    await expect(withHead(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const controller = new AbortController();
    const aborted = sources.withCommit(open, wanted(), controller.signal, async (snapshot) => {
      controller.abort(new Error('cancelled'));
      return snapshot.readFiles(['app/Dockerfile']);
    });
    await expect(aborted).rejects.toThrow('cancelled');
    expect(await readdir(path.join(folder, 'sources'))).toEqual([]);
  });

  it('says that nobody listens', async () => {
    const nobody = createSourceRepositories({
      folder,
      httpHosts: ['127.0.0.1:9'],
      allowFile: false,
      caFile: undefined,
    });
    await expect(
      nobody.withCommit({ url: 'http://127.0.0.1:9/a', authorization: undefined }, wanted(), signal, async () => 1),
    ).rejects.toMatchObject({ type: 'Unavailable', hostUnknown: false });
    await expect(
      nobody.withCommit(
        { url: 'https://nowhere.invalid/a', authorization: undefined },
        wanted(),
        signal,
        async () => 1,
      ),
    ).rejects.toMatchObject({ type: 'Unavailable', hostUnknown: true });
  });
});
