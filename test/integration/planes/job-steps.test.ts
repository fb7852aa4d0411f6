import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuildPod } from '../../support/build-pod.ts';
import { type BuildWorld, sourceToken, startBuildWorld } from '../../support/build-world.ts';
import { startRegistry } from '../../support/registry.ts';

let world: BuildWorld;
beforeAll(async () => {
  world = await startBuildWorld();
});
afterAll(() => world?.close());

describe('the containers of a build', () => {
  it('clone, build and push one after the other, and leave the digest as termination message', async () => {
    const request = await world.requestFor({ Dockerfile: world.dockerfile('COPY app /app'), app: 'hello\n' });
    const { container, paths } = await createBuildPod(world, request);

    const first = await container('clone', 'build');
    const second = await container('push');

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.log).toMatch(/^=== clone ===\n=== build ===\n/);
    expect(second.log).toMatch(/^=== push ===\n/);
    const end = JSON.parse(await readFile(paths.terminationLog, 'utf8'));
    expect(end).toEqual({ v: 1, kind: 'pushed', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    const manifest = `${world.registry.url}/v2/${request.image.name}/manifests/${end.digest}`;
    const answer = await fetch(manifest, { headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } });
    expect(answer.status).toBe(200);
  });

  it('take the credentials from their files', async () => {
    const account = { username: 'robot', password: 'push-password' };
    const closed = await startRegistry({ auth: { ...account, scheme: 'basic' } });
    try {
      const image = { registry: closed.host, name: 'team/private', tag: 'v1' };
      const request = await world.requestFor(
        { Dockerfile: world.dockerfile('RUN true') },
        { image },
        world.privateSources,
      );
      const { container, paths } = await createBuildPod(world, request, [world.registry.host, closed.host]);
      const authorization = `Basic ${Buffer.from(`x-access-token:${sourceToken}`).toString('base64')}\n`;
      const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64');

      expect(await container('clone')).toMatchObject({ code: 31 });
      await writeFile(paths.sourceAuthorization, authorization);
      expect(await container('clone')).toMatchObject({ code: 0 });
      expect(await container('build')).toMatchObject({ code: 0 });
      expect(await container('push')).toMatchObject({ code: 40 });
      expect(await readdir(path.dirname(paths.terminationLog))).not.toContain('termination-log');
      await writeFile(paths.registryCredential, JSON.stringify({ auths: { [closed.host]: { auth } } }));
      expect(await container('push')).toMatchObject({ code: 0 });
    } finally {
      await closed.close();
    }
  });

  it('keep to themselves that the volume hands its group on', async () => {
    const look = 'RUN mkdir /made && ls -ld / /made /app /app/folder';
    const files = { Dockerfile: world.dockerfile('COPY . /app', look), 'folder/file': '' };
    const { container, paths } = await createBuildPod(world, await world.requestFor(files));
    await chmod(paths.work, 0o2777); // as the kubelet makes it for an fsGroup

    const { code, log } = await container('clone', 'build');

    expect(code).toBe(0);
    expect(log.match(/^d[rwxsS-]{9}/gm)).toEqual(['dr-xr-xr-x', ...Array(3).fill('drwxr-xr-x')]);
  });

  it.each([
    ['a commit that is not there', 30, { 'README.md': '' }, { commit: 'a'.repeat(40) }],
    ['a failing RUN', 10, { Dockerfile: 'RUN exit 7' }, {}],
    ['a missing Dockerfile', 11, { 'README.md': '' }, {}],
  ])('end after %s with code %i', async (_what, code, files, source) => {
    const written = 'Dockerfile' in files ? { Dockerfile: world.dockerfile(files.Dockerfile) } : files;
    const request = await world.requestFor(written);
    const { container } = await createBuildPod(world, { ...request, source: { ...request.source, ...source } });

    expect(await container('clone', 'build')).toMatchObject({ code });
  });

  it('refuse a step that there is none of', async () => {
    const program = path.resolve('src/planes/kubernetes/job-step.ts');
    const child = spawn(process.execPath, [program, 'deploy'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [[code], errors] = await Promise.all([once(child, 'close'), text(child.stderr)]);

    expect(code).toBe(1);
    expect(errors).toContain('clone');
  });
});
