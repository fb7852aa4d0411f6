import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupMembers } from '../../../src/planes/local/process-group.ts';
import { sweepBuilds } from '../../../src/planes/local/sweep-builds.ts';
import { type BuildWorld, patience, startBuildWorld, whenEmpty } from '../../support/build-world.ts';

let world: BuildWorld;
beforeAll(async () => {
  world = await startBuildWorld();
});
afterAll(() => world?.close());

const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };

describe('the time limit', () => {
  it('ends the build with nothing left running', async () => {
    const request = await world.requestFor(world.sleeping(300), { timeoutSeconds: 8 });
    const building = world.planeWith().build(request, patience());
    const group = await world.runningGroup(request);

    expect(await building).toMatchObject({ type: 'BuildTimedOut', message: expect.stringContaining('8 s') });
    expect(await whenEmpty(group)).toEqual([]);
  });

  it('holds without any worker, and for programs that ignore the request to end', async () => {
    const request = await world.requestFor(
      { Dockerfile: world.dockerfile(`RUN trap '' TERM; while true; do sleep 1; done`) },
      { timeoutSeconds: 8 },
    );
    const { worker } = world.startWorker(request);
    const group = await world.runningGroup(request);
    worker.kill('SIGKILL');

    await expect.poll(() => groupMembers(group)).toEqual([]);
    expect(await world.planeWith().build(request, patience())).toMatchObject({ type: 'BuildTimedOut' });
  });
});

describe('several workers', () => {
  it('find the build of one that was killed, and build once', async () => {
    const request = await world.requestFor(world.sleeping(3));
    const { worker } = world.startWorker(request);
    const group = await world.runningGroup(request);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await groupMembers(group)).toContain(group);

    const outcome = await world.planeWith().build(request, patience());

    expect(outcome).toEqual(built);
    expect((await world.logOf(request)).match(/=== clone ===/g)).toHaveLength(1);
    expect(await readFile(path.join(world.folderOf(request), 'pid'), 'utf8')).toMatch(new RegExp(`^${group} `));
  });

  it('share one build when five start it at once', async () => {
    const request = await world.requestFor(world.sleeping(1));

    const outcomes = await Promise.all(Array.from({ length: 5 }, () => world.startWorker(request).outcome()));

    expect(outcomes[0]).toEqual(built);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect((await world.logOf(request)).match(/=== clone ===/g)).toHaveLength(1);
  });

  it('stop waiting when they are told to, and leave the build running', async () => {
    const request = await world.requestFor(world.sleeping(2));
    const stop = new AbortController();
    const waiting = world.planeWith().build(request, { signal: stop.signal, onProgress: () => {} });
    const group = await world.runningGroup(request);

    stop.abort(new Error('worker stops'));

    await expect(waiting).rejects.toThrow('worker stops');
    expect(await groupMembers(group)).toContain(group);
    expect(await world.planeWith().build(request, patience())).toEqual(built);
  });
});

describe('a build whose leader is killed', () => {
  it('is a matter of infrastructure, and its other processes end', async () => {
    const request = await world.requestFor(world.sleeping(300));
    const building = world.planeWith().build(request, patience());
    const group = await world.runningGroup(request);

    process.kill(group, 'SIGKILL');

    expect(await building).toMatchObject({ type: 'BuildInfrastructure' });
    expect(await groupMembers(group)).toEqual([]);
    expect(await readdir(world.folderOf(request))).not.toContain('storage');
  });
});

describe('cancelling', () => {
  it('leaves no process of the group and no folder, and can be repeated', async () => {
    const request = await world.requestFor(world.sleeping(300));
    const stop = new AbortController();
    const waiting = world.planeWith().build(request, { signal: stop.signal, onProgress: () => {} });
    const group = await world.runningGroup(request);
    stop.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    expect((await groupMembers(group)).length).toBeGreaterThan(1);

    await world.planeWith().cancel(request.id, request.job);
    await world.planeWith().cancel(request.id, request.job);

    expect(await groupMembers(group)).toEqual([]);
    await expect(stat(world.folderOf(request))).rejects.toThrow('ENOENT');
  });
});

describe('sweeping', () => {
  it('leaves running builds alone', async () => {
    const living = await world.requestFor(world.sleeping(300));
    const stop = new AbortController();
    const plane = world.planeWith();
    const waiting = Promise.allSettled([plane.build(living, { ...patience(), signal: stop.signal })]);
    const group = await world.runningGroup(living);
    stop.abort(new Error('worker stops'));
    await waiting;

    await sweepBuilds(world.folder, { PATH: process.env['PATH'] });

    expect(await groupMembers(group)).toContain(group);
    await plane.cancel(living.id, living.job);
  });
});
