import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAppTokens } from '../../../src/forges/github/app-tokens.ts';
import { withGithubApp } from '../../../src/forges/github/with-app.ts';
import { createMirrors } from '../../../src/git/mirrors.ts';
import { createRemotes } from '../../../src/git/remotes.ts';
import { createDirectorySecrets } from '../../../src/secrets/directory-secrets.ts';
import { createFindCredential } from '../../../src/secrets/find-credential.ts';
import { startGithubApp } from '../../support/forges/github-app-api.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const { signal } = new AbortController();
let server: GitServer;
let folder: string;
let url: string;
beforeEach(async () => {
  const users = ['second', 'ghs_made-1', 'ghs_made-2'].map((token) => ({ token, may: 'write' }) as const);
  server = await startGitServer({ token: 'first', users });
  folder = await mkdtemp(path.join(tmpdir(), 'rotation-'));
  url = (await server.createRepository('acme/gitops', { 'a.yaml': 'a: 1\n' })).url;
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const settings = () => ({
  folder: path.join(folder, 'git'),
  httpHosts: [new URL(server.url).host],
  allowFile: false,
  caFile: undefined,
});
const sent = () => {
  const [, encoded = ''] = server.requests.at(-1)?.authorization?.split(' ') ?? [];
  return Buffer.from(encoded, 'base64').toString();
};

describe('a credential that is exchanged', () => {
  it('counts from the next use on, the namespace’s own and that of the host first', async () => {
    const secrets = path.join(folder, 'secrets');
    await mkdir(path.join(secrets, 'team'), { recursive: true });
    const ofHost = `gitops-token.${new URL(server.url).host.replace(':', '_')}`;
    const findStored = createFindCredential({ secrets: createDirectorySecrets(secrets), hosts: settings().httpHosts });
    const findCredential = withGithubApp(findStored, createAppTokens(), { httpHosts: [], forges: [] });
    const openRemote = createRemotes({ findCredential, settings: settings() });
    const openMirror = createMirrors(settings());
    const pin = async () =>
      (await openMirror(await openRemote(url, 'gitops-token', 'team'), signal)).pin('main', 'run');

    await writeFile(path.join(secrets, 'gitops-token'), 'revoked\n');
    await expect(pin()).rejects.toMatchObject({ type: 'AccessDenied' });
    await writeFile(path.join(secrets, 'gitops-token'), 'first\n');
    await pin();
    expect(sent()).toBe('x-access-token:first');
    await writeFile(path.join(secrets, ofHost), 'second\n');
    await pin();
    expect(sent()).toBe('x-access-token:second');
    await writeFile(path.join(secrets, 'team', 'gitops-token'), 'first\n');
    await pin();
    expect(sent()).toBe('x-access-token:first');
  });

  it('leaves the mirror where a GitHub App makes the tokens, and each of them is shown to the host', async () => {
    const app = await startGithubApp();
    const { host } = new URL(server.url);
    const findCredential = withGithubApp(
      async () => ({ kind: 'app', app, places: [] }),
      // The API is elsewhere than git in this test.
      createAppTokens(
        (input, init) => fetch(String(input).replace(server.url, app.url), init),
        () => app.now(),
      ),
      { httpHosts: [host], forges: [{ kind: 'github', host, path: '' }] },
    );
    const openRemote = createRemotes({ findCredential, settings: settings() });
    const openMirror = createMirrors(settings());
    const open = async () => openMirror(await openRemote(url, 'gitops-token', 'team'), signal);
    const first = await open();
    await first.pin('main', 'run-1');
    expect(sent()).toBe('x-access-token:ghs_made-1');
    app.now = () => Date.now() + 3_600_000;
    const second = await open();
    await second.pin('main', 'run-2');
    app.stop();

    expect(sent()).toBe('x-access-token:ghs_made-2');
    expect(second.key).toBe(first.key);
  });
});
