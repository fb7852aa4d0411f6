import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitSampleChange, type SeedOptions, seedRepositories } from '../../src/embedded/samples/repositories.ts';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { bitbucketApi } from '../support/forges/bitbucket-api.ts';
import { type EmulatedForge, startEmulatedForge } from '../support/forges/emulated-forge.ts';
import { gitlabApi } from '../support/forges/gitlab-api.ts';
import { tokenOf } from '../support/forges/open-emulated.ts';
import { git } from '../support/gitops.ts';
import { type SshServer, startSshServer } from '../support/ssh-server.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const run = promisify(execFile);

// The source is private, at a real sshd; the GitOps repository is at a real git server beside an emulated API.
describe.each([
  ['gitlab', gitlabApi, 'oauth2'],
  ['bitbucket', bitbucketApi, 'x-token-auth'],
] as const)('a source by SSH and a GitOps repository at %s, emulated', (kind, api, user) => {
  let test: TestWorld;
  let forge: EmulatedForge;
  let ssh: SshServer;
  let samples: SeedOptions;
  const source = () => join(ssh.root, 'greeter.git');

  beforeAll(async () => {
    [test, forge, ssh] = await Promise.all([startTestWorld(), startEmulatedForge(api), startSshServer()]);
    const registry = test.world.settings['SLIPWAY_REGISTRY_HTTP_HOSTS'] ?? '';
    const folder = join(test.folder, 'samples');
    samples = { git: 'git', folder, environment: process.env, addresses: { forgeUrl: forge.url, registry } };
    await seedRepositories(samples);
    await forge.git('acme/gitops', 'fetch', '--quiet', join(folder, 'acme/gitops.git'), '+main:main');
    await mkdir(source());
    await git(source(), 'init', '--quiet', '--bare', '--initial-branch=main');
    const { host } = new URL(forge.url);
    const secrets = {
      [`gitops-token.${host.replace(':', '_')}`]: tokenOf('slipway-robot'),
      [`git-ssh-key.${ssh.host.replace(':', '_')}`]: ssh.privateKey,
      [`git-known-hosts.${ssh.host.replace(':', '_')}`]: ssh.knownHosts,
    };
    for (const [key, value] of Object.entries(secrets)) await writeFile(join(test.folder, 'secrets', key), value);
    await test.startWorker({
      SLIPWAY_CATALOG: `gitops:${forge.url}/acme/gitops#main`,
      SLIPWAY_FORGES: `${host}=${kind}`,
      SLIPWAY_HTTP_HOSTS: host,
    });
  });
  afterAll(() => Promise.all([test?.stop(), forge?.stop(), ssh?.stop()]));

  async function release(name: string): Promise<RunResult> {
    const commit = await commitSampleChange(samples, name);
    await git(source(), 'fetch', '--quiet', join(samples.folder, 'acme/greeter.git'), '+main:main');
    const content = sampleRun(name, commit, `ssh://git@${ssh.host}${source()}`);
    const request = { namespace: 'default', name, run: content, trigger: 'manual' } as const;
    return (await startRun(test.client, request)).handle.result();
  }

  it('become a pull request, and a newer one closes it with its branch', async () => {
    const first = await release('first');
    expect(first).toMatchObject({ outcome: 'released', pullRequest: { number: 1 } });
    expect([...forge.logins].filter((login) => login !== '')).toEqual([`${user}:${tokenOf('slipway-robot')}`]);

    const second = await release('second');
    expect(second).toMatchObject({ outcome: 'released', pullRequest: { number: 2 } });
    expect(forge.pulls).toMatchObject([
      { state: 'closed', body: expect.stringContaining('Superseded by #2'), comments: [{ body: 'Superseded by #2.' }] },
      { state: 'open', source: { branch: second.branch } },
    ]);
    const branches = await forge.git('acme/gitops', 'for-each-ref', '--format=%(refname:short)', 'refs/heads');
    expect(branches.split('\n').toSorted()).toEqual(['main', second.branch]);
    const log = await readFile(join(test.folder, 'worker-0.log'), 'utf8');
    expect(log).not.toContain(tokenOf('slipway-robot'));
    const [, secret = ''] = ssh.privateKey.split('\n');
    expect(log).not.toContain(secret);
    const { stdout } = await run('grep', ['-rlF', secret, test.folder]);
    expect(stdout.trim().split('\n')).toEqual([expect.stringContaining('/secrets/git-ssh-key.')]);
  });
});
