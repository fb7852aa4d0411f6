import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuildWorld, patience, sourceToken, startBuildWorld } from '../../support/build-world.ts';
import type { Files } from '../../support/git-server.ts';

let world: BuildWorld;
beforeAll(async () => {
  world = await startBuildWorld();
});
afterAll(() => world?.close());

const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };
const authorization = `Basic ${Buffer.from(`x-access-token:${sourceToken}`).toString('base64')}`;

describe('a local build', () => {
  it('leaves the image in the registry under its digest, and only request, log and result behind', async () => {
    const request = await world.requestFor({
      Dockerfile: world.dockerfile('COPY app /app', 'RUN cat /app'),
      app: 'hello\n',
    });
    const progress: string[] = [];

    const outcome = await world
      .planeWith()
      .build(request, { ...patience(), onProgress: (step) => progress.push(step) });

    expect(outcome).toEqual(built);
    const digest = outcome.kind === 'built' ? outcome.digest : '';
    const answer = await fetch(`${world.registry.url}/v2/${request.image.name}/manifests/${digest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(answer.status).toBe(200);
    const tags = await fetch(`${world.registry.url}/v2/${request.image.name}/tags/list`);
    expect(tags.status).toBe(404);
    expect(['build', 'push']).toContain(progress.at(-1)); // a step may be over before anybody looks
    expect(await world.logOf(request)).toContain('hello');
    const left = async () => (await readdir(world.folderOf(request))).toSorted();
    await expect.poll(left).toEqual(['log', 'pid', 'request.json', 'result.json', 'step']);
    expect((await stat(world.folderOf(request))).mode & 0o777).toBe(0o700);
  });

  it('gives the same digest for the same inputs', async () => {
    const request = await world.requestFor({
      Dockerfile: world.dockerfile('COPY . /app', 'RUN date > /now || true; rm /now'),
      app: 'hello\n',
    });

    const first = await world.planeWith().build(request, patience());
    const second = await world.planeWith().build({ ...request, id: { ...request.id, ordinal: 2 } }, patience());

    expect(first.kind).toBe('built');
    expect(second).toEqual(first);
  });

  it('says what is known already when it is asked for again', async () => {
    const request = await world.requestFor({ Dockerfile: world.dockerfile('RUN true') });
    const first = await world.planeWith().build(request, patience());

    const again = await world.planeWith().build(request, patience());

    expect(again).toEqual(first);
    expect((await world.logOf(request)).match(/=== build ===/g)).toHaveLength(1);
  });

  it('keeps symbolic links and modes of the source, and has no .git', async () => {
    const request = await world.requestFor({
      Dockerfile: world.dockerfile(
        'COPY . /app',
        'RUN cd /app && ls -al && test -x run.sh && test -L link && test ! -e .git',
      ),
      'run.sh': { mode: '100755', text: '#!/bin/sh\n' },
      link: { mode: '120000', text: 'run.sh' },
    });

    expect(await world.planeWith().build(request, patience())).toEqual(built);
  });

  it('names the command of a failing RUN, its code and its last lines', async () => {
    const request = await world.requestFor({ Dockerfile: world.dockerfile('RUN echo the reason is here; exit 7') });

    const outcome = await world.planeWith().build(request, patience());

    expect(outcome).toMatchObject({ kind: 'failed', type: 'BuildFailed' });
    const message = outcome.kind === 'failed' ? outcome.message : '';
    expect(message).toContain('ended with code 7');
    expect(message).toContain('the reason is here');
  });

  it('names the file that a COPY does not find', async () => {
    const request = await world.requestFor({ Dockerfile: world.dockerfile('COPY not-there.txt /') });

    const outcome = await world.planeWith().build(request, patience());

    expect(outcome).toMatchObject({
      kind: 'failed',
      type: 'BuildFailed',
      message: expect.stringContaining('a COPY or ADD names'),
    });
    expect(outcome).toMatchObject({ message: expect.stringContaining('not-there.txt') });
  });

  it('says that a base image is not there', async () => {
    const request = await world.requestFor({ Dockerfile: `FROM ${world.registry.host}/no-such-base:1\n` });

    expect(await world.planeWith().build(request, patience())).toMatchObject({
      type: 'BuildFailed',
      message: expect.stringContaining('base image could not be pulled'),
    });
  });

  it('is a matter of infrastructure when the registry of the base image does not answer', async () => {
    const request = await world.requestFor({ Dockerfile: 'FROM 127.0.0.1:1/base:1\n' });

    expect(await world.planeWith().build(request, patience())).toMatchObject({ type: 'BuildInfrastructure' });
  });

  it('fails with the contract code 11 where the Dockerfile is missing', async () => {
    const request = await world.requestFor({ 'README.md': 'no Dockerfile\n' });

    const outcome = await world.planeWith().build(request, patience());

    expect(outcome).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringContaining('no Dockerfile at Dockerfile'),
    });
    const result = await readFile(path.join(world.folderOf(request), 'result.json'), 'utf8');
    expect(JSON.parse(result)).toMatchObject({ step: 'build', exitCode: 11 });
  });

  it.each(['/etc', '../..'])('refuses a context that is a symbolic link to %s', async (target) => {
    const files: Files = { Dockerfile: world.dockerfile('COPY . /app'), context: { mode: '120000', text: target } };
    const request = await world.requestFor(files, {
      plan: { kind: 'docker', context: 'context', dockerfile: 'Dockerfile' },
    });

    expect(await world.planeWith().build(request, patience())).toMatchObject({ type: 'SourceNotFound' });
  });

  it('refuses a Dockerfile outside the repository', async () => {
    const request = await world.requestFor(
      { 'README.md': '' },
      { plan: { kind: 'docker', context: '.', dockerfile: '../request.json' } },
    );

    expect(await world.planeWith().build(request, patience())).toMatchObject({ type: 'SourceNotFound' });
  });

  it('says that the commit is not there', async () => {
    const request = await world.requestFor({ Dockerfile: world.dockerfile() });
    const gone = { ...request, source: { ...request.source, commit: 'a'.repeat(40) } };

    expect(await world.planeWith().build(gone, patience())).toMatchObject({ type: 'SourceNotFound' });
  });

  it('tries again a build whose source could not be reached, when it is asked for again', async () => {
    const request = await world.requestFor({ Dockerfile: world.dockerfile('RUN true') }, {}, world.privateSources);
    const denied = await world.planeWith().build(request, patience());

    const allowed = await world
      .planeWith({ sourceAuthorization: async () => authorization })
      .build(request, patience());

    expect(denied).toMatchObject({ type: 'AccessDenied', message: expect.stringContaining('git-token') });
    expect(allowed).toEqual(built);
  });
});
