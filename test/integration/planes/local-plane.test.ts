import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildOutcome, BuildRequest } from '../../../src/planes/build-plane.ts';
import { buildFolder, readBuildState } from '../../../src/planes/local/build-folder.ts';
import { createLocalPlane, type LocalPlaneOptions } from '../../../src/planes/local/local-plane.ts';
import { groupMembers } from '../../../src/planes/local/process-group.ts';
import { pushBaseImage } from '../../support/base-image.ts';
import type { WorkerTask } from '../../support/build-worker.ts';
import { type Files, type GitServer, startGitServer } from '../../support/git-server.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';

const token = 'a-token-that-must-stay-secret';
const authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
const workerProgram = fileURLToPath(new URL('../../support/build-worker.ts', import.meta.url));

let folder: string;
let registry: TestRegistry;
let sources: GitServer;
let privateSources: GitServer;
let base: string;
let repositories = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'local-plane-'));
  [registry, sources, privateSources] = await Promise.all([
    startRegistry(),
    startGitServer(),
    startGitServer({ token }),
  ]);
  base = await pushBaseImage(registry.host);
});

afterAll(async () => {
  await Promise.all([registry?.close(), sources?.close(), privateSources?.close()]);
  await rm(folder, { recursive: true, force: true });
});

const hostOf = (url: string): string => new URL(url).host;

function planeWith(changes: Partial<LocalPlaneOptions> = {}) {
  return createLocalPlane({
    folder,
    engine: 'buildah',
    environment: { ...process.env, SLIPWAY_SECRET: token },
    sourceHttpHosts: [hostOf(sources.url), hostOf(privateSources.url)],
    allowFileSources: false,
    registryHttpHosts: [registry.host],
    sourceAuthorization: async () => undefined,
    registryAuth: async () => undefined,
    ...changes,
  });
}

async function requestFor(files: Files, changes: Partial<BuildRequest> = {}, server = sources): Promise<BuildRequest> {
  repositories += 1;
  const { url, commit } = await server.createRepository(`app-${repositories}`, files);
  return {
    id: { execution: `execution-${repositories}`, ordinal: 1 },
    source: { repository: url, commit, namespace: 'default' },
    plan: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
    image: { registry: registry.host, name: `team/app-${repositories}`, tag: 'v1' },
    timeoutSeconds: 60,
    noCache: false,
    sourceDateEpoch: 1_700_000_000,
    ...changes,
  };
}

const dockerfile = (...lines: readonly string[]): string => [`FROM ${base}`, ...lines, ''].join('\n');
const sleeping = (seconds: number): Files => ({ Dockerfile: dockerfile(`RUN sleep ${seconds}`) });
const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };
const patience = () => ({ signal: new AbortController().signal, onProgress: () => {} });
const logOf = (request: BuildRequest): Promise<string> =>
  readFile(path.join(buildFolder(folder, request.id), 'log'), 'utf8');

async function runningGroup(request: BuildRequest): Promise<number> {
  for (;;) {
    const state = await readBuildState(buildFolder(folder, request.id));
    if (state.kind === 'running' && (await logOf(request).catch(() => '')).includes('RUN')) return state.group;
    if (state.kind === 'ended' || state.kind === 'lost') throw new Error(`the build is ${state.kind}`);
    await sleep(50);
  }
}

async function whenEmpty(group: number): Promise<readonly number[]> {
  for (let tries = 0; tries < 60 && (await groupMembers(group)).length > 0; tries += 1) await sleep(50);
  return groupMembers(group);
}

function startWorker(request: BuildRequest): { worker: ChildProcess; outcome(): Promise<BuildOutcome> } {
  const task: WorkerTask = { folder, httpHosts: [hostOf(sources.url), registry.host], request };
  const worker = spawn(process.execPath, [workerProgram, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { worker, outcome: async () => JSON.parse(await text(worker.stdout)) };
}

describe('a local build', () => {
  it('leaves the image in the registry under its digest, and only request, log and result behind', async () => {
    const request = await requestFor({ Dockerfile: dockerfile('COPY app /app', 'RUN cat /app'), app: 'hello\n' });
    const progress: string[] = [];

    const outcome = await planeWith().build(request, { ...patience(), onProgress: (step) => progress.push(step) });

    expect(outcome).toEqual(built);
    const digest = outcome.kind === 'built' ? outcome.digest : '';
    const answer = await fetch(`${registry.url}/v2/${request.image.name}/manifests/${digest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(answer.status).toBe(200);
    const tags = await fetch(`${registry.url}/v2/${request.image.name}/tags/list`);
    expect(tags.status).toBe(404);
    expect(progress.at(-1)).toBe('push');
    expect(await logOf(request)).toContain('hello');
    const left = async () => (await readdir(buildFolder(folder, request.id))).toSorted();
    await expect.poll(left, { timeout: 10_000 }).toEqual(['log', 'pid', 'request.json', 'result.json', 'step']);
    expect((await stat(buildFolder(folder, request.id))).mode & 0o777).toBe(0o700);
  });

  it('gives the same digest for the same inputs', async () => {
    const request = await requestFor({
      Dockerfile: dockerfile('COPY . /app', 'RUN date > /now || true; rm /now'),
      app: 'hello\n',
    });

    const first = await planeWith().build(request, patience());
    const second = await planeWith().build({ ...request, id: { ...request.id, ordinal: 2 } }, patience());

    expect(first.kind).toBe('built');
    expect(second).toEqual(first);
  });

  it('says what is known already when it is asked for again', async () => {
    const request = await requestFor({ Dockerfile: dockerfile('RUN true') });
    const first = await planeWith().build(request, patience());

    const again = await planeWith().build(request, patience());

    expect(again).toEqual(first);
    expect((await logOf(request)).match(/=== build ===/g)).toHaveLength(1);
  });

  it('keeps symbolic links and modes of the source, and has no .git', async () => {
    const request = await requestFor({
      Dockerfile: dockerfile(
        'COPY . /app',
        'RUN cd /app && ls -al && test -x run.sh && test -L link && test ! -e .git',
      ),
      'run.sh': { mode: '100755', text: '#!/bin/sh\n' },
      link: { mode: '120000', text: 'run.sh' },
    });

    expect(await planeWith().build(request, patience())).toEqual(built);
  });

  it('names the command of a failing RUN, its code and its last lines', async () => {
    const request = await requestFor({ Dockerfile: dockerfile('RUN echo the reason is here; exit 7') });

    const outcome = await planeWith().build(request, patience());

    expect(outcome).toMatchObject({ kind: 'failed', type: 'BuildFailed' });
    const message = outcome.kind === 'failed' ? outcome.message : '';
    expect(message).toContain('ended with code 7');
    expect(message).toContain('the reason is here');
  });

  it('names the file that a COPY does not find', async () => {
    const request = await requestFor({ Dockerfile: dockerfile('COPY not-there.txt /') });

    const outcome = await planeWith().build(request, patience());

    expect(outcome).toMatchObject({
      kind: 'failed',
      type: 'BuildFailed',
      message: expect.stringContaining('a COPY or ADD names'),
    });
    expect(outcome).toMatchObject({ message: expect.stringContaining('not-there.txt') });
  });

  it('says that a base image is not there', async () => {
    const request = await requestFor({ Dockerfile: `FROM ${registry.host}/no-such-base:1\n` });

    expect(await planeWith().build(request, patience())).toMatchObject({
      type: 'BuildFailed',
      message: expect.stringContaining('base image could not be pulled'),
    });
  });

  it('is a matter of infrastructure when the registry of the base image does not answer', async () => {
    const request = await requestFor({ Dockerfile: 'FROM 127.0.0.1:1/base:1\n' });

    expect(await planeWith().build(request, patience())).toMatchObject({ type: 'BuildInfrastructure' });
  });

  it('fails with the contract code 11 where the Dockerfile is missing', async () => {
    const request = await requestFor({ 'README.md': 'no Dockerfile\n' });

    const outcome = await planeWith().build(request, patience());

    expect(outcome).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringContaining('no Dockerfile at Dockerfile'),
    });
    const result = await readFile(path.join(buildFolder(folder, request.id), 'result.json'), 'utf8');
    expect(JSON.parse(result)).toMatchObject({ step: 'build', exitCode: 11 });
  });

  it.each(['/etc', '../..'])('refuses a context that is a symbolic link to %s', async (target) => {
    const files: Files = { Dockerfile: dockerfile('COPY . /app'), context: { mode: '120000', text: target } };
    const request = await requestFor(files, { plan: { kind: 'docker', context: 'context', dockerfile: 'Dockerfile' } });

    expect(await planeWith().build(request, patience())).toMatchObject({ type: 'SourceNotFound' });
  });

  it('refuses a Dockerfile outside the repository', async () => {
    const request = await requestFor(
      { 'README.md': '' },
      { plan: { kind: 'docker', context: '.', dockerfile: '../request.json' } },
    );

    expect(await planeWith().build(request, patience())).toMatchObject({ type: 'SourceNotFound' });
  });

  it('says that the commit is not there', async () => {
    const request = await requestFor({ Dockerfile: dockerfile() });
    const gone = { ...request, source: { ...request.source, commit: 'a'.repeat(40) } };

    expect(await planeWith().build(gone, patience())).toMatchObject({ type: 'SourceNotFound' });
  });

  it('tries again a build whose source could not be reached, when it is asked for again', async () => {
    const request = await requestFor({ Dockerfile: dockerfile('RUN true') }, {}, privateSources);
    const denied = await planeWith().build(request, patience());

    const allowed = await planeWith({ sourceAuthorization: async () => authorization }).build(request, patience());

    expect(denied).toMatchObject({ type: 'AccessDenied', message: expect.stringContaining('git-token') });
    expect(allowed).toEqual(built);
  });
});

describe('the time limit', () => {
  it('ends the build with nothing left running', async () => {
    const request = await requestFor(sleeping(300), { timeoutSeconds: 4 });
    const building = planeWith().build(request, patience());
    const group = await runningGroup(request);

    expect(await building).toMatchObject({ type: 'BuildTimedOut', message: expect.stringContaining('4 s') });
    expect(await whenEmpty(group)).toEqual([]);
  });

  it('holds without any worker, and for programs that ignore the request to end', async () => {
    const request = await requestFor(
      { Dockerfile: dockerfile(`RUN trap '' TERM; while true; do sleep 1; done`) },
      { timeoutSeconds: 4 },
    );
    const { worker } = startWorker(request);
    const group = await runningGroup(request);
    worker.kill('SIGKILL');

    await expect.poll(() => groupMembers(group), { timeout: 20_000 }).toEqual([]);
    expect(await planeWith().build(request, patience())).toMatchObject({ type: 'BuildTimedOut' });
  });
});

describe('several workers', () => {
  it('find the build of one that was killed, and build once', async () => {
    const request = await requestFor(sleeping(3));
    const { worker } = startWorker(request);
    const group = await runningGroup(request);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await groupMembers(group)).toContain(group);

    const outcome = await planeWith().build(request, patience());

    expect(outcome).toEqual(built);
    expect((await logOf(request)).match(/=== clone ===/g)).toHaveLength(1);
    expect(await readFile(path.join(buildFolder(folder, request.id), 'pid'), 'utf8')).toMatch(new RegExp(`^${group} `));
  });

  it('share one build when five start it at once', async () => {
    const request = await requestFor(sleeping(1));

    const outcomes = await Promise.all(Array.from({ length: 5 }, () => startWorker(request).outcome()));

    expect(outcomes[0]).toEqual(built);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect((await logOf(request)).match(/=== clone ===/g)).toHaveLength(1);
  });

  it('stop waiting when they are told to, and leave the build running', async () => {
    const request = await requestFor(sleeping(2));
    const stop = new AbortController();
    const waiting = planeWith().build(request, { signal: stop.signal, onProgress: () => {} });
    const group = await runningGroup(request);

    stop.abort(new Error('worker stops'));

    await expect(waiting).rejects.toThrow('worker stops');
    expect(await groupMembers(group)).toContain(group);
    expect(await planeWith().build(request, patience())).toEqual(built);
  });
});

describe('a build whose leader is killed', () => {
  it('is a matter of infrastructure, and its other processes end', async () => {
    const request = await requestFor(sleeping(300));
    const building = planeWith().build(request, patience());
    const group = await runningGroup(request);

    process.kill(group, 'SIGKILL');

    expect(await building).toMatchObject({ type: 'BuildInfrastructure' });
    expect(await groupMembers(group)).toEqual([]);
    expect(await readdir(buildFolder(folder, request.id))).not.toContain('storage');
  });
});

describe('cancelling', () => {
  it('leaves no process of the group and no folder, and can be repeated', async () => {
    const request = await requestFor(sleeping(300));
    const stop = new AbortController();
    const waiting = planeWith().build(request, { signal: stop.signal, onProgress: () => {} });
    const group = await runningGroup(request);
    stop.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    expect((await groupMembers(group)).length).toBeGreaterThan(1);

    await planeWith().cancel(request.id);
    await planeWith().cancel(request.id);

    expect(await groupMembers(group)).toEqual([]);
    await expect(stat(buildFolder(folder, request.id))).rejects.toThrow('ENOENT');
  });
});

describe('sweeping', () => {
  it('keeps running builds of living executions and ends those of others', async () => {
    const [living, dead] = [await requestFor(sleeping(300)), await requestFor(sleeping(300))];
    const stop = new AbortController();
    const plane = planeWith();
    const waiting = Promise.allSettled(
      [living, dead].map((each) => plane.build(each, { ...patience(), signal: stop.signal })),
    );
    const [livingGroup, deadGroup] = [await runningGroup(living), await runningGroup(dead)];
    stop.abort(new Error('worker stops'));
    await waiting;

    await plane.sweep(async ({ execution }) => execution === living.id.execution);

    expect(await groupMembers(deadGroup)).toEqual([]);
    expect(await groupMembers(livingGroup)).toContain(livingGroup);
    await plane.cancel(living.id);
  });
});

describe('credentials', () => {
  it('reach neither the folder, the arguments nor the environment of what the user builds', async () => {
    const look = 'RUN (env; cat /proc/*/environ /proc/*/cmdline) 2>/dev/null | tr "\\0" "\\n"; sleep 2';
    const request = await requestFor({ Dockerfile: dockerfile(look) }, {}, privateSources);
    const plane = planeWith({
      sourceAuthorization: async () => authorization,
      registryAuth: async () => `{"auths":{"other.example":{"auth":"${token}"}}}`,
    });
    const building = plane.build(request, patience());
    const group = await runningGroup(request);
    const encoded = authorization.slice('Basic '.length);

    const outside = await Promise.all(
      (await groupMembers(group)).flatMap((pid) =>
        ['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      ),
    );
    const during = await textsBelow(buildFolder(folder, request.id));
    const outcome = await building;
    const after = await textsBelow(buildFolder(folder, request.id));

    expect(outcome).toEqual(built);
    expect(await logOf(request)).toContain('PATH=');
    for (const place of [...outside, ...during, ...after]) {
      expect(place.includes(token) || place.includes(encoded)).toBe(false);
    }
  });
});

describe('a registry that wants a credential', () => {
  const account = { username: 'robot', password: 'push-password-to-hide' };
  const authFor = (host: string): string =>
    JSON.stringify({
      auths: { [host]: { auth: Buffer.from(`${account.username}:${account.password}`).toString('base64') } },
    });

  it.each(['basic', 'bearer'] as const)('gets it by %s, and it is gone afterwards', async (scheme) => {
    const closed = await startRegistry({ auth: { ...account, scheme } });
    try {
      const image = { registry: closed.host, name: 'team/private', tag: 'v1' };
      const request = await requestFor({ Dockerfile: dockerfile('RUN true') }, { image });
      const registryHttpHosts = [registry.host, closed.host];

      const denied = await planeWith({ registryHttpHosts }).build(request, patience());
      const outcome = await planeWith({ registryHttpHosts, registryAuth: async () => authFor(closed.host) }).build(
        request,
        patience(),
      );

      expect(denied).toMatchObject({ type: 'AccessDenied', message: expect.stringContaining('registry-auth') });
      expect(outcome).toEqual(built);
      const texts = await textsBelow(buildFolder(folder, request.id));
      expect(texts.some((each) => each.includes(account.password))).toBe(false);
      const names = await readdir(buildFolder(folder, request.id));
      expect(names).not.toContain('credentials.json');
    } finally {
      await closed.close();
    }
  });
});

async function textsBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('/bin'));
  return Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'latin1').catch(() => '')));
}
