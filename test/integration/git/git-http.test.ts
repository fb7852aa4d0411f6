import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const run = promisify(execFile);
const env = { PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
const git = async (folder: string, ...args: string[]): Promise<string> =>
  (await run('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { env })).stdout.trim();
const header = (token: string): string => `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`;

describe('git over HTTP', () => {
  let server: GitServer;
  let work: string;

  beforeAll(async () => {
    server = await startGitServer({
      token: 'writer',
      users: [{ token: 'reader', may: 'read' }],
      publicRepositories: ['acme/open'],
    });
    work = await mkdtemp(path.join(tmpdir(), 'git-http-'));
    await server.createRepository('acme/open', { 'a.txt': 'one\n' });
    await server.createRepository('acme/shop', { 'a.txt': 'one\n' });
  });
  afterAll(async () => {
    await server.close();
    await rm(work, { recursive: true, force: true });
  });

  it('lets anybody clone a public repository, with or without .git in its address', async () => {
    const heads = await Promise.all(
      ['acme/open', 'acme/open.git'].map((name) => git(work, 'ls-remote', `${server.url}/${name}`, 'refs/heads/main')),
    );
    expect(new Set(heads)).toEqual(new Set([`${await server.git('acme/open', 'rev-parse', 'main')}\trefs/heads/main`]));
  });

  it('asks who it is where that is not known, and refuses the one who may not', async () => {
    const status = async (name: string, service: string, token?: string): Promise<number> =>
      (
        await fetch(`${server.url}/${name}.git/info/refs?service=${service}`, {
          headers: token === undefined ? {} : { authorization: header(token).slice('Authorization: '.length) },
        })
      ).status;
    expect(await status('acme/shop', 'git-upload-pack')).toBe(401);
    expect(await status('acme/open', 'git-receive-pack')).toBe(401);
    expect(await status('acme/shop', 'git-upload-pack', 'reader')).toBe(200);
    expect(await status('acme/shop', 'git-receive-pack', 'reader')).toBe(403);
    expect(await status('acme/shop', 'git-receive-pack', 'writer')).toBe(200);
  });

  it('serves nothing but the smart protocol', async () => {
    const statuses = await Promise.all(
      [
        '/acme/open.git/HEAD',
        '/acme/open.git/info/refs',
        '/acme/../acme/open.git/config',
        '/acme/.hidden/info/refs',
      ].map(async (place) => (await fetch(server.url + place)).status),
    );
    expect(statuses).toEqual([404, 404, 404, 404]);
    expect(
      (
        await fetch(`${server.url}/acme/none.git/info/refs?service=git-upload-pack`, {
          headers: { authorization: header('writer').slice(15) },
        })
      ).status,
    ).toBe(404);
  });

  it('takes a push larger than one buffer, and serves it by id with a filter', async () => {
    const clone = path.join(work, 'clone');
    const config = ['-c', `http.extraHeader=${header('writer')}`];
    await git(work, ...config, 'clone', '-q', `${server.url}/acme/shop.git`, clone);
    await writeFile(path.join(clone, 'big.txt'), Array.from({ length: 300_000 }, (_, i) => `${i * 7919}\n`).join(''));
    await git(clone, 'add', '-A');
    await git(clone, 'commit', '-q', '-m', 'big');
    await git(clone, ...config, 'push', '-q', 'origin', 'HEAD:refs/heads/main');
    const commit = await git(clone, 'rev-parse', 'HEAD');
    expect(await server.git('acme/shop', 'rev-parse', 'main')).toBe(commit);

    const partial = path.join(work, 'partial.git');
    await git(work, 'init', '-q', '--bare', partial);
    await git(
      partial,
      ...config,
      'fetch',
      '-q',
      '--filter=blob:none',
      '--depth=1',
      `${server.url}/acme/shop.git`,
      commit,
    );
    expect(await git(partial, 'rev-list', '--objects', '--missing=print', commit)).toMatch(/^\?[0-9a-f]{40}$/m);
  });

  it('survives clients that leave in the middle, and leaves no process of theirs', async () => {
    const leave = (method: string, place: string): Promise<void> =>
      new Promise((resolve) => {
        const call = request(`${server.url}${place}`, {
          method,
          headers: {
            authorization: header('writer').slice(15),
            'content-type': 'application/x-git-receive-pack-request',
            'content-length': '1000',
          },
        });
        call.on('error', () => resolve());
        call.on('close', () => resolve());
        call.write('0094');
        setTimeout(() => call.destroy(), 30);
      });
    await Promise.all([
      leave('POST', '/acme/shop.git/git-receive-pack'),
      leave('POST', '/acme/shop.git/git-upload-pack'),
      leave('GET', '/acme/shop.git/info/refs?service=git-upload-pack'),
    ]);
    expect(await git(work, 'ls-remote', `${server.url}/acme/open.git`, 'HEAD')).toMatch(/^[0-9a-f]{40}\tHEAD$/);
    await expect.poll(() => backends(server.root)).toEqual([]);
  });
});

/** Process ids of git's http-backend for the repositories below a folder. */
async function backends(root: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => environments[index]?.includes(`GIT_PROJECT_ROOT=${root}\0`));
}
