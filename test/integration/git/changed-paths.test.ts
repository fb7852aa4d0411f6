import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Remote, SourceRepositories } from '../../../src/git/git.ts';
import { createSourceRepositories } from '../../../src/git/source-repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const { signal } = new AbortController();

let server: GitServer;
let folder: string;
let sources: SourceRepositories;
let remote: Remote;
let first: string;

beforeAll(async () => {
  server = await startGitServer();
  folder = await mkdtemp(path.join(tmpdir(), 'changed-'));
  const httpHosts = [new URL(server.url).host];
  sources = createSourceRepositories({ folder, httpHosts, allowFile: false, caFile: undefined });
  const made = await server.createRepository('acme/mono', { 'api/main.go': 'package main\n', 'web/old.ts': 'one\n' });
  remote = { url: made.url, authorization: undefined };
  first = made.commit;
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const changed = async (before: string, after: string) =>
  (await sources.changedPaths(remote, before, after, signal)).toSorted();

describe('the changed paths of a push', () => {
  it('hold what only the first of 35 commits touched, which code hosts no longer list', async () => {
    let head = await server.commitTo('acme/mono', 'main', { 'api/first.go': 'package main\n' }, 'first');
    for (let at = 1; at < 35; at += 1) {
      head = await server.commitTo('acme/mono', 'main', { 'web/page.ts': `${at}\n` }, `change ${at}`);
    }

    expect(await changed(first, head)).toEqual(['api/first.go', 'web/page.ts']);
  });

  it('are those between the two ends where the branch was forced elsewhere or back', async () => {
    const main = await server.git('acme/mono', 'rev-parse', 'refs/heads/main');
    await server.git('acme/mono', 'update-ref', 'refs/heads/aside', first);
    const aside = await server.commitTo('acme/mono', 'aside', { 'web/aside.ts': '1\n' }, 'aside');

    expect(await changed(main, aside)).toEqual(['api/first.go', 'web/aside.ts', 'web/page.ts']);
    expect(await changed(main, first)).toEqual(['api/first.go', 'web/page.ts']);
  });

  it('are not told where the commit before is gone', async () => {
    await expect(changed('d'.repeat(40), first)).rejects.toMatchObject({ type: 'SourceNotFound' });
  });
});
