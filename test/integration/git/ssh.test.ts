import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/builds/exit-codes.ts';
import { sourceAuthorization } from '../../../src/builds/source-authorization.ts';
import { askHead } from '../../../src/git/ask-head.ts';
import type { Remote } from '../../../src/git/git.ts';
import { createRemotes } from '../../../src/git/remotes.ts';
import { createSourceRepositories } from '../../../src/git/source-repositories.ts';
import { podPaths } from '../../../src/planes/kubernetes/pod-paths.ts';
import { runSteps } from '../../../src/planes/kubernetes/run-steps.ts';
import { createDirectorySecrets } from '../../../src/secrets/directory-secrets.ts';
import { createFindSshLogin } from '../../../src/secrets/find-credential.ts';
import { commitFiles } from '../../support/commit-files.ts';
import { jobParts, usualRequest } from '../../support/job-parts.ts';
import { type SshServer, startSshServer } from '../../support/ssh-server.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
let server: SshServer;
let folder: string;
let url: string;
let commit: string;
beforeAll(async () => {
  server = await startSshServer();
  folder = await mkdtemp(path.join(tmpdir(), 'ssh "test" -'));
  const bare = path.join(server.root, 'shop.git');
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  const { stdout: tree } = await run('git', ['--git-dir', bare, 'hash-object', '-t', 'tree', '-w', '/dev/null']);
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example'];
  const { stdout: first } = await run('git', [...who, '--git-dir', bare, 'commit-tree', '-m', 'Begin', tree.trim()]);
  await run('git', ['--git-dir', bare, 'update-ref', 'refs/heads/main', first.trim()]);
  commit = await commitFiles(bare, { 'app/workload.yaml': 'kind: Workload\n', Dockerfile: 'FROM scratch\n' });
  url = `ssh://git@${server.host}${bare}`;
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const settings = () => ({ folder: path.join(folder, 'git'), httpHosts: [], allowFile: false, caFile: undefined });

/** Opens the source with what is stored under these keys. */
async function open(stored: Readonly<Record<string, string>>, hosts = [server.host]): Promise<Remote> {
  const secrets = path.join(folder, 'secrets');
  await rm(secrets, { recursive: true, force: true });
  await mkdir(secrets);
  for (const [key, value] of Object.entries(stored)) await writeFile(path.join(secrets, key), value);
  const openRemote = createRemotes({
    findCredential: () => Promise.reject(new Error('asked for a token')),
    findSshLogin: createFindSshLogin({ secrets: createDirectorySecrets(secrets), hosts }),
    settings: settings(),
  });
  return openRemote(url, 'git-token', 'default');
}
const good = () => ({ 'git-ssh-key': server.privateKey, 'git-known-hosts': server.knownHosts });
const head = (remote: Remote) => askHead(remote, 'git-token', 'main', settings(), signal);

describe('a source by SSH', () => {
  it('is read with key and known hosts of the secrets, which are gone afterwards', async () => {
    const remote = await open(good());
    const sources = createSourceRepositories(settings());
    const wanted = { branch: 'main', commit: null, allowUnreachable: false };
    const found = await sources.withCommit(remote, wanted, signal, async (snapshot) => {
      const files = await snapshot.readFiles(['app/workload.yaml']);
      return `${snapshot.commit} ${files.get('app/workload.yaml')}`;
    });

    expect(found).toBe(`${commit} kind: Workload\n`);
    expect(await head(remote)).toBe(commit);
    expect(await readdir(path.join(folder, 'git', 'sources'))).toEqual([]);
  });

  it('takes keys of that host before the plain ones', async () => {
    const name = server.host.replace(':', '_');
    const remote = await open({ ...good(), 'git-ssh-key': 'wrong', [`git-ssh-key.${name}`]: server.privateKey });

    expect(await head(remote)).toBe(commit);
  });

  it('is denied to another key, and to one that is none', async () => {
    for (const key of [server.otherKey, 'no key at all']) {
      await expect(head(await open({ ...good(), 'git-ssh-key': key }))).rejects.toMatchObject({
        type: 'AccessDenied',
        message: expect.stringMatching(/does not let the git-ssh-key in/),
      });
    }
  });

  it('is not read from a host whose key is not known, or has changed', async () => {
    const other = (await readFile(path.join(server.root, 'other.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    for (const knownHosts of ['github.com ssh-ed25519 AAAA', `[127.0.0.1]:${server.host.split(':')[1]} ${other}`]) {
      await expect(head(await open({ ...good(), 'git-known-hosts': knownHosts }))).rejects.toMatchObject({
        type: 'NotAllowed',
        message: expect.stringMatching(/git-known-hosts does not know the key/),
      });
    }
  });

  it('says what is missing, and does not use a key at a host that it is not for', async () => {
    await expect(open({ 'git-ssh-key': server.privateKey })).rejects.toMatchObject({
      type: 'SecretMissing',
      message: expect.stringMatching(/^no git-known-hosts for 127.*looked for at .*secrets\/default\/git-known-hosts/),
    });
    await expect(open(good(), ['github.com'])).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining(`must not be used at ${server.host}`),
    });
  });

  it('tells a repository that is not there', async () => {
    const remote = await open(good());

    await expect(head({ ...remote, url: `${url}-gone` })).rejects.toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringMatching(/hidden from the git-ssh-key/),
    });
  });

  it('is cloned by the clone container of a build, whose volume keeps no key', async () => {
    const clone = async (remote: Remote) => {
      const work = await mkdtemp(path.join(folder, 'build-'));
      const credential = path.join(work, 'authorization');
      await writeFile(credential, sourceAuthorization(remote) ?? '');
      const paths = { ...podPaths, work, sourceAuthorization: credential };
      const source = { repository: url, commit, namespace: 'default' };
      const request = jobParts({ request: { ...usualRequest, source } }).steps;
      const output = new PassThrough();
      const log = text(output);
      const code = await runSteps(['clone'], { paths, request, inherited: {}, output });
      output.end();
      return { work, code, log: await log };
    };
    const cloned = await clone(await open(good()));
    expect([cloned.code, cloned.log]).toEqual([0, expect.not.stringMatching(/error|fatal/)]);
    expect(await readFile(path.join(cloned.work, 'source', 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(await readdir(cloned.work)).not.toContain('source.git');
    const denied = await clone(await open({ ...good(), 'git-ssh-key': server.otherKey }));
    expect(denied.code).toBe(exitCodes.clone.denied);
    expect(await readdir(path.join(denied.work, 'source.git'))).not.toContain('ssh');
  });
});
