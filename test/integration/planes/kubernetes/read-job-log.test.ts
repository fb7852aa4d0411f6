import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJobLog } from '../../../../src/planes/kubernetes/read-job-log.ts';
import { container, type JobWorld, startJobWorld, succeeded } from '../../../support/job-world.ts';
import { aPod } from '../../../support/kube-objects.ts';

let world: JobWorld;
let stop: AbortController;
beforeEach(async () => {
  world = await startJobWorld();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await world.stop();
});

const open = (follow: boolean) =>
  readJobLog(world.api, { namespace: 'builds', name: 'j' }, { follow, signal: stop.signal });
const cloned = { text: '2026-11-22T10:00:01.000000000Z cloned\n', open: false };
const building = { text: '2026-11-22T10:00:02.000000000Z building\n', open: true };

describe("reading a Job's log", () => {
  it('gives null while there is no pod', async () => {
    const log = open(true);
    expect(await log.read(false)).toBeNull();
    world.fake.logs.set('build', { ...building, open: false });
    world.fake.setPod('j', succeeded);
    await expect.poll(() => log.read(false)).toBe('building\n');
  });

  it('says which phase of a build by buildpacks printed it', async () => {
    world.fake.logs.set('clone', cloned).set('build', { ...building, open: false });
    world.fake.logs.set('export', { text: '2026-11-22T10:00:03.000000000Z exported\n', open: false });
    const containers = { clone: container.done, build: container.done, export: container.done };
    world.fake.setPod('j', aPod({ phase: 'Succeeded', containers }));
    expect(await open(false).read(false)).toBe('cloned\n=== build ===\nbuilding\n=== export ===\nexported\n');
  });

  it('gives all that there is by now, and does not wait for more', async () => {
    world.fake.logs.set('clone', cloned).set('build', building);
    const containers = { clone: container.done, build: container.running, push: container.pending };
    world.fake.setPod('j', aPod({ containers }));
    expect(await open(false).read(false)).toBe('cloned\nbuilding\n');
  });

  it('goes on where a connection broke, and prints no line twice', async () => {
    world.fake.logs.set('build', building);
    world.fake.setPod('j', aPod({ containers: { build: container.running, push: container.pending } }));
    const log = open(true);
    let text = '';
    const printed = () => expect.poll(async () => (text += (await log.read(false)) ?? ''));
    await printed().toBe('building\n');
    await world.fake.pause();
    world.fake.logs.set('build', { text: `${building.text}2026-11-22T10:00:02.000000001Z built\n`, open: false });
    world.fake.logs.set('push', { text: '2026-11-22T10:00:03.000000000Z pushed\n', open: false });
    await world.fake.resume();
    world.fake.setPod('j', succeeded);
    await printed().toBe('building\nbuilt\npushed\n');
  });
});
