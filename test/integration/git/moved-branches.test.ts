import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommitRange, Remote, SourceRepositories } from '../../../src/git/git.ts';
import { createSourceRepositories } from '../../../src/git/source-repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const { signal } = new AbortController();
const gone = 'd'.repeat(40);

let server: GitServer;
let folder: string;
let sources: SourceRepositories;
let remote: Remote;
/** Commits of `main`, the oldest first. */
const commits: string[] = [];

beforeAll(async () => {
  server = await startGitServer();
  folder = await mkdtemp(path.join(tmpdir(), 'moved-'));
  const httpHosts = [new URL(server.url).host];
  sources = createSourceRepositories({ folder, httpHosts, allowFile: false, caFile: undefined });
  const made = await server.createRepository('acme/open', { 'README.md': 'hello\n' });
  remote = { url: made.url, authorization: undefined };
  commits.push(made.commit);
  for (let at = 1; at <= 3; at++) {
    commits.push(
      await server.commitTo('acme/open', 'main', { [`svc/${at}`]: '1\n', same: `${at}\n` }, `Change ${at}\n\nWhy\n`),
    );
  }
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function range(before: string, after: string): Promise<CommitRange | undefined> {
  return (await sources.ranges(remote, [before], after, signal)).get(before);
}

describe('the heads of branches', () => {
  it('are told by one request for all, without those that are not there', async () => {
    await server.git('acme/open', 'update-ref', 'refs/heads/release/1', commits[1] ?? '');
    // A name that ends alike is another branch.
    await server.git('acme/open', 'update-ref', 'refs/heads/old/main', commits[0] ?? '');
    const asked = server.requests.length;

    expect(await sources.heads(remote, ['main', 'release/1', 'none'], signal)).toEqual(
      new Map([
        ['main', commits[3]],
        ['release/1', commits[1]],
      ]),
    );
    expect(server.requests.slice(asked).map(({ method }) => method)).toEqual(['GET', 'POST']);
  });
});

describe('what lies between two commits of a branch', () => {
  it('is told with its commits, newest first, and their messages, authors and paths', async () => {
    const [, first = '', second, third = ''] = commits;
    expect(await range(first, third)).toMatchObject({
      whole: true,
      committedAt: expect.any(Number),
      paths: ['same', 'svc/2', 'svc/3'],
      commits: [
        { id: third, message: expect.stringMatching(/^Change 3\n\nWhy\n/), paths: ['same', 'svc/3'] },
        { id: second, message: expect.stringContaining('Change 2'), email: expect.stringContaining('@') },
      ],
    });
  });

  it('is told for several commits before, also when one of them is gone', async () => {
    const [root = '', first = '', , third = ''] = commits;
    const ranges = await sources.ranges(remote, [root, gone, first], third, signal);

    expect(ranges.get(root)?.paths).toEqual(['same', 'svc/1', 'svc/2', 'svc/3']);
    expect(ranges.get(first)?.paths).toEqual(['same', 'svc/2', 'svc/3']);
    expect(ranges.get(gone)).toMatchObject({ whole: false, paths: null, commits: [{ id: third, paths: null }] });
  });

  it('is the newest commit and the paths alone where the branch was moved back or went far', async () => {
    const [, first = '', , third = ''] = commits;
    expect(await range(third, first)).toMatchObject({
      whole: false,
      paths: ['same', 'svc/2', 'svc/3'],
      commits: [{ id: first }],
    });

    let head = third;
    for (let at = 0; at < 55; at++) head = await server.commitTo('acme/open', 'far', { far: `${at}\n` }, 'Far');
    expect(await range(third, head)).toMatchObject({ whole: false, paths: ['far'], commits: [{ id: head }] });
  });

  it('is told of a merge as what it brings', async () => {
    const [, first = '', , third = ''] = commits;
    await server.commitTo('acme/open', 'side', { 'side/x': '1\n' }, 'Side', { from: first });
    const side = await server.git('acme/open', 'rev-parse', 'refs/heads/side');
    const tree = (await server.git('acme/open', 'merge-tree', '--write-tree', third, side)).split('\n')[0] ?? '';
    const merge = await server.git(
      'acme/open',
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b',
      'commit-tree',
      tree,
      '-p',
      third,
      '-p',
      side,
      '-m',
      'Merge',
    );
    await server.git('acme/open', 'update-ref', 'refs/heads/merged', merge);

    const merged = await range(third, merge);
    expect(merged?.paths).toEqual(['side/x']);
    expect(merged?.commits.map(({ paths }) => paths)).toEqual([['side/x'], ['side/x']]);
  });
});
