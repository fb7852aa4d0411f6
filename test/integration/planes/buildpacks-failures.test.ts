import { execFileSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildOutcome, BuildRequest } from '../../../src/planes/build-plane.ts';
import { createDetectPhaseMachine } from '../../../src/planes/local/phases/phase-machine.ts';
import { patience, whenEmpty } from '../../support/build-world.ts';
import { type BuildpackWorld, startBuildpackWorld } from '../../support/buildpack-world.ts';
import { prepareBuildpackImages } from '../../support/lifecycle/buildpack-images.ts';

let world: BuildpackWorld;
beforeAll(async () => {
  world = await startBuildpackWorld();
});
afterAll(() => world?.close());

const failed = (type: string, message: RegExp) => ({ kind: 'failed', type, message: expect.stringMatching(message) });
const build = (request: BuildRequest): Promise<BuildOutcome> => world.buildpacksPlane().build(request, patience());

/** Processes of this machine with that argument. */
function running(argument: string): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.split(' ').includes(argument));
}

/** The group of a build whose phase runs a program with that argument. */
async function groupOf(request: BuildRequest, argument: string): Promise<number> {
  await expect.poll(() => running(argument).length, { timeout: 30_000, interval: 200 }).toBeGreaterThan(0);
  return world.runningGroup(request, '=== build ===');
}

describe('a local build by buildpacks that fails', () => {
  it('in a buildpack ends with its last lines and none of the machinery', async ({ skip }) => {
    if (world.images.given) skip('the buildpacks of a given builder are not known');
    const request = await world.requestForApp({ 'build.sh': 'echo "error: missing semicolon" >&2\nexit 7\n' });

    const outcome = await build(request);

    expect(outcome).toEqual(
      failed(
        'BuildFailed',
        /^The buildpack example\/inline@1\.0\.0 of .*\/cnb\/builder@.* failed while it built the application\.\nLast lines of the build log:\nerror: missing semicolon\n/,
      ),
    );
    expect(outcome.kind === 'failed' && outcome.message).not.toContain('while running runtime');
  });

  it('because none fits says which were tried', async ({ skip }) => {
    if (world.images.given) skip('the buildpacks of a given builder are not known');
    expect(await build(await world.requestForApp({ 'app/notes.txt': 'hello' }, { app: 'app' }))).toEqual(
      failed('BuildFailed', /^No buildpack of .* fits app\. Tried: .*example\/shell@1\.0\.0, example\/awk@1\.0\.0\. /),
    );
  });

  it('because one broke while it looked says so', async ({ skip }) => {
    if (world.images.given) skip('the buildpacks of a given builder are not known');
    expect(await build(await world.requestForApp({ 'detect.sh': 'echo "detect is broken"; exit 3' }))).toEqual(
      failed('BuildFailed', /, and at least one broke while it looked\. [\s\S]*detect is broken/),
    );
  });

  it('at a run image that is missing names the builder', async () => {
    const runImage = `${world.registry.host}/cnb/none:1`;
    const { builder } = await prepareBuildpackImages(world.registry.host, { runImage });

    expect(await build(await world.requestForApp({ 'build.sh': '' }, { builderImage: builder }))).toEqual(
      failed('BuildFailed', /^The run image of .*\/cnb\/builder@.* does not exist or may not be read\. /),
    );
  });

  it('for want of a builder image or a lifecycle image starts no process', async () => {
    const none = `${world.registry.host}/cnb/none:1`;
    const [request, other] = [
      await world.requestForApp({}, { builderImage: none }),
      await world.requestForApp({ 'build.sh': '' }),
    ];

    await expect(build(request)).rejects.toThrow(`There is no image ${none}. Check the parameter builder-image`);
    await expect(world.buildpacksPlane({}, none).build(other, patience())).rejects.toThrow(
      `There is no image ${none}. Check the setting SLIPWAY_LIFECYCLE_IMAGE`,
    );
    await expect(stat(world.folderOf(request))).rejects.toThrow('ENOENT');
  });

  it('because the machine has no container runtime says what it needs', async () => {
    const detectMachine = createDetectPhaseMachine(world.folder, { PATH: '/nowhere' });
    const plane = world.buildpacksPlane({}, world.images.lifecycle, { detectMachine });

    await expect(plane.build(await world.requestForApp({ 'build.sh': '' }), patience())).rejects.toMatchObject({
      type: 'BuildInfrastructure',
      message: expect.stringMatching(
        /do not run on this machine: buildah is not installed\. To have them, install buildah.*SLIPWAY_PLANE=kubernetes/,
      ),
    });
  });
});

describe('the processes of a phase, which are in a session of their own', () => {
  it('end with the time limit, also those that ignore requests', async () => {
    const request = await world.requestForApp(
      { 'build.sh': "trap '' TERM; sleep 7301 & sleep 7301" },
      {},
      { timeoutSeconds: 15 },
    );

    expect(await build(request)).toEqual(failed('BuildTimedOut', /limit of 15 s and was ended in its build step/));

    expect(running('7301')).toEqual([]);
    const left = async () => (await readdir(world.folderOf(request))).toSorted();
    await expect.poll(left).toEqual(['log', 'pid', 'request.json', 'result.json', 'step']);
  });

  it('end when the build is cancelled', async () => {
    const request = await world.requestForApp({ 'build.sh': 'sleep 7302 & sleep 7302' });
    const stop = new AbortController();
    const plane = world.buildpacksPlane();
    const waiting = Promise.allSettled([plane.build(request, { ...patience(), signal: stop.signal })]);
    const group = await groupOf(request, '7302');
    stop.abort(new Error('cancelled'));
    await waiting;

    await plane.cancel(request.id, request.job);

    expect(running('7302')).toEqual([]);
    expect(await whenEmpty(group)).toEqual([]);
    await expect(stat(world.folderOf(request))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['the leader is killed', '7303', (group: number) => group],
    ['all of its group is killed', '7304', (group: number) => -group],
  ])('end when %s', async (_, seconds, target) => {
    const request = await world.requestForApp({ 'build.sh': `sleep ${seconds}` });
    const building = build(request);
    const group = await groupOf(request, seconds);

    process.kill(target(group), 'SIGKILL');

    expect(await building).toEqual(failed('BuildInfrastructure', /ended in the build step without a result/));
    expect(running(seconds)).toEqual([]);
  });

  it('end with their phase, so that none is there when a credential is', async () => {
    const request = await world.requestForApp({
      'main.sh': '',
      'build.sh': '(while sleep 0.1; do echo still here; done) & echo done',
    });

    expect((await build(request)).kind).toBe('built');
    await sleep(500);

    const log = await world.logOf(request);
    expect(log.slice(log.indexOf('=== export ==='))).not.toContain('still here');
  });
});
