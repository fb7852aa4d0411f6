import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, startWorld, type TestWorld, tokens } from './world.ts';

const run = promisify(execFile);
const zeros = '0'.repeat(40);
let world: TestWorld;
let clones: string;
beforeAll(async () => {
  world = await startWorld();
  clones = await mkdtemp(join(tmpdir(), 'slipway-clone-'));
});
afterAll(async () => {
  await world.stop();
  await rm(clones, { recursive: true, force: true });
});

async function openPull(head: string, more: Json = {}): Promise<Json> {
  const { body } = await world.api('/repos/acme/gitops/pulls', {
    method: 'POST',
    token: tokens.slipway,
    body: { title: head, head, base: 'main', ...more },
  });
  return body;
}

function git(folder: string, ...args: string[]) {
  const environment = {
    PATH: process.env['PATH'],
    HOME: clones,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C',
  };
  return run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: folder,
    env: environment,
  });
}

async function clone(repository: string, token: string | undefined, suffix = '.git'): Promise<string> {
  const url = new URL(`${world.forge().url}/${repository}${suffix}`);
  if (token !== undefined) Object.assign(url, { username: 'x-access-token', password: token });
  const folder = await mkdtemp(join(clones, 'c-'));
  await git(clones, 'clone', '--quiet', url.href, folder);
  return folder;
}

async function commitFile(folder: string, name: string): Promise<string> {
  await writeFile(join(folder, name), name);
  await git(folder, 'add', name);
  await git(folder, 'commit', '--quiet', '-m', `Add ${name}`);
  return (await git(folder, 'rev-parse', 'HEAD')).stdout.trim();
}

describe('git over HTTP', () => {
  it('clones a public repository without a token, with and without .git', async () => {
    for (const suffix of ['.git', '']) {
      const folder = await clone('acme/gitops', undefined, suffix);
      expect((await git(folder, 'log', '--format=%s', '--max-count=1')).stdout).not.toBe('');
    }
  });

  it('hides a private repository', async () => {
    await expect(clone('acme/secret', undefined)).rejects.toThrow(/could not read Username/);
    await expect(clone('acme/secret', tokens.blind)).rejects.toThrow(/not found/);
    await expect(clone('acme/secret', 'wrong')).rejects.toThrow(/Authentication failed/);
    expect(await clone('acme/secret', tokens.slipway)).not.toBe('');
  });

  it('takes a push, moves the head of its pull request, and tells about it once', async () => {
    const folder = await clone('acme/gitops', tokens.ada);
    await git(folder, 'checkout', '--quiet', '-b', 'pushed');
    const first = await commitFile(folder, 'one');
    await git(folder, 'push', '--quiet', 'origin', 'pushed');
    const { number } = await openPull('pushed');
    const second = await commitFile(folder, 'two');
    await git(folder, 'push', '--quiet', 'origin', 'pushed');

    expect((await world.api(`/repos/acme/gitops/pulls/${number}`)).body.head.sha).toBe(second);
    await git(folder, 'push', '--quiet', 'origin', '--delete', 'pushed');
    expect((await world.api(`/repos/acme/gitops/pulls/${number}`)).body.state).toBe('closed');
    const event = { repository: 'acme/gitops', ref: 'refs/heads/pushed', pusher: 'ada' };
    await expect
      .poll(() => world.events.filter(({ ref }) => ref === event.ref))
      .toEqual([
        { ...event, before: zeros, after: first },
        { ...event, before: first, after: second },
        { ...event, before: second, after: zeros },
      ]);
  });

  it('counts a pull request as merged when its commits are pushed to the base', async () => {
    const folder = await clone('acme/gitops', tokens.ada);
    await git(folder, 'checkout', '--quiet', '-b', 'by-hand');
    await commitFile(folder, 'by-hand');
    await git(folder, 'push', '--quiet', 'origin', 'by-hand');
    const { number } = await openPull('by-hand');
    await git(folder, 'push', '--quiet', 'origin', 'by-hand:main');

    expect((await world.api(`/repos/acme/gitops/pulls/${number}`)).body).toMatchObject({
      state: 'closed',
      merged: true,
    });
  });

  it('refuses a push with a token that may only read', async () => {
    const folder = await clone('acme/gitops', tokens.reader);
    await commitFile(folder, 'refused');

    await expect(git(folder, 'push', 'origin', 'HEAD:refused')).rejects.toThrow(/403/);
  });

  it('refuses a push to a protected branch, but not to another one', async () => {
    const folder = await clone('acme/guarded', tokens.ada);
    await commitFile(folder, 'direct');

    await expect(git(folder, 'push', 'origin', 'HEAD:main')).rejects.toThrow(
      /GH006: Protected branch update failed for refs\/heads\/main[\s\S]*hook declined/,
    );
    await git(folder, 'push', '--quiet', 'origin', 'HEAD:free');
    expect((await world.api('/repos/acme/guarded/branches/main')).body.protected).toBe(true);
    expect((await world.api('/repos/acme/guarded/branches/free')).body.protected).toBe(false);
  });
});
