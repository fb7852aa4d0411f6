import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMirrors } from '../../../src/git/mirrors.ts';
import { createRemotes } from '../../../src/git/remotes.ts';
import type { GitSettings } from '../../../src/git/settings.ts';
import { createSourceRepositories } from '../../../src/git/source-repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

/** Its own for each run: other tests of this machine use odd tokens too, and all of its command lines are searched. */
const token = `a|b&c@d:e/f%g${randomUUID()}`;
const encoded = Buffer.from(`x-access-token:${token}`).toString('base64');
const { signal } = new AbortController();

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Command lines of all processes of this machine, again and again until stopped. */
function watchCommandLines(): { readonly seen: Set<string>; stop(): Promise<void> } {
  const seen = new Set<string>();
  let watching = true;
  const loop = (async () => {
    while (watching) {
      for (const pid of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
        seen.add(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
      }
    }
  })();
  return {
    seen,
    stop: async () => {
      watching = false;
      await loop;
    },
  };
}

describe('credentials of git', () => {
  let server: GitServer;
  let folder: string;
  let settings: GitSettings;
  let url: string;

  beforeAll(async () => {
    server = await startGitServer({ token });
    folder = await mkdtemp(path.join(tmpdir(), 'credentials-'));
    settings = { folder, httpHosts: [new URL(server.url).host], allowFile: false, caFile: undefined };
    url = (await server.createRepository('acme/gitops', { 'a.yaml': 'a: 1\n', 'b.txt': 'x'.repeat(500_000) })).url;
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const remoteWith = (value: string) =>
    createRemotes({ findCredential: async () => ({ kind: 'token', token: value }), settings })(
      url,
      'gitops-token',
      'default',
    );

  it('reach the server, but neither the disk nor any command line', async () => {
    const commandLines = watchCommandLines();
    const mirror = await createMirrors(settings)(await remoteWith(token), signal);
    const base = await mirror.pin('main', 'run-1');
    const tree = await mirror.writeTree(base, new Map([['a.yaml', 'a: 2\n']]));
    const commit = await mirror.commit({ tree, parent: base, message: 'Release', date: 1 });
    await mirror.push(commit, 'release/x', null);
    await createSourceRepositories(settings).withCommit(
      await remoteWith(token),
      { branch: 'main', commit: null, allowUnreachable: false },
      signal,
      async (snapshot) => {
        await snapshot.readFiles(['a.yaml']);
        for (const file of await filesBelow(folder)) {
          const content = await readFile(file, 'latin1');
          expect([file, content.includes(token) || content.includes(encoded)]).toEqual([file, false]);
        }
      },
    );
    // Sampling may miss short processes on a busy machine; without having seen one the test would say nothing.
    const seesGit = (): boolean => [...commandLines.seen].some((line) => line.includes(url));
    for (let round = 0; round < 200 && !seesGit(); round += 1) await mirror.pin('main', `run-${round}`);
    await commandLines.stop();
    expect(seesGit()).toBe(true);
    expect([...commandLines.seen].filter((line) => line.includes(token) || line.includes(encoded))).toEqual([]);
    expect(server.requests.at(-1)?.authorization).toBe(`Basic ${encoded}`);
  });

  it('are not repeated in the message of a failure', async () => {
    const wrong = 'wr|ong&%token';
    const mirror = await createMirrors(settings)(await remoteWith(wrong), signal);
    const failure: unknown = await mirror.pin('main', 'run-1').catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'AccessDenied', message: expect.stringContaining('the gitops-token') });
    const everything = `${failure instanceof Error ? `${failure.message}${failure.stack}${JSON.stringify(failure)}${failure.cause}` : ''}`;
    expect(everything).not.toContain(wrong);
    expect(everything).not.toContain(Buffer.from(`x-access-token:${wrong}`).toString('base64'));
  });

  it('do not follow a redirect, neither to another host nor at home', async () => {
    const asked: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const target = await listen(elsewhere);
    const redirecting = createServer((request, response) => {
      response.writeHead(302, { location: target + (request.url ?? '') }).end();
    });
    const start = await listen(redirecting);
    try {
      const open = createMirrors({ ...settings, httpHosts: [new URL(start).host, new URL(target).host] });
      const mirror = await open({ url: `${start}/acme/gitops`, authorization: `Basic ${encoded}` }, signal);
      await expect(mirror.pin('main', 'run-1')).rejects.toMatchObject({
        type: 'SourceNotFound',
        message: expect.stringContaining('has moved'),
      });
      expect(asked).toEqual([]);
    } finally {
      elsewhere.close();
      redirecting.close();
    }
  });

  it('reach no transport that is not allowed', async () => {
    const file = `file://${path.join(server.root, 'acme/gitops.git')}`;
    const wanted = { branch: 'main', commit: null, allowUnreachable: false };
    const read = (more: Partial<GitSettings>): Promise<string> =>
      createSourceRepositories({ ...settings, ...more }).withCommit(
        { url: file, authorization: undefined },
        wanted,
        signal,
        async ({ commit }) => commit,
      );
    await expect(async () => read({})).rejects.toMatchObject({ type: 'NotAllowed' });
    expect(await read({ allowFile: true })).toBe(await server.git('acme/gitops', 'rev-parse', 'main'));
  });

  it('end at once with all processes of an aborted fetch', async () => {
    const silent = createServer(() => {}); // never answers
    const silentUrl = `${await listen(silent)}/acme/silent`;
    try {
      const controller = new AbortController();
      const open = createMirrors({ ...settings, httpHosts: [new URL(silentUrl).host] });
      const mirror = await open({ url: silentUrl, authorization: `Basic ${encoded}` }, controller.signal);
      const pinning = mirror.pin('main', 'run-1');
      let abortedAt = Number.POSITIVE_INFINITY;
      silent.once('request', () => {
        abortedAt = Date.now();
        controller.abort(new Error('cancelled'));
      });
      await expect(pinning).rejects.toThrow('cancelled');
      expect(Date.now() - abortedAt).toBeLessThan(10_000);
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
      expect(lines.filter((line) => line.includes(silentUrl))).toEqual([]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});
