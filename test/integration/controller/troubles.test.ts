import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';

let world: ControllerWorld;
const patience = { timeout: 30_000 };

beforeEach(async () => {
  world = await startControllerWorld();
});
afterEach(() => world?.stop());

const message = async (name: string) => (await world.get(name))?.status.conditions?.[0]?.message ?? '';

describe('a controller', () => {
  it('goes on where another one ended, and finds what happened while nobody looked', async () => {
    await world.startWorkers();
    const { end } = world.control();
    await world.apply('one', { buildMs: 1500 });
    await world.apply('two', { buildMs: 60_000 });
    await expect.poll(() => world.builds('one') + world.builds('two'), patience).toBe(2);
    await end();
    await world.remove('two');
    await world.apply('three');
    await new Promise((resolve) => setTimeout(resolve, 2000));

    world.control();

    await expect.poll(() => world.phase('one'), patience).toBe('Succeeded');
    await expect.poll(() => world.phase('three'), patience).toBe('Succeeded');
    await expect.poll(() => world.get('two'), patience).toBeUndefined();
    expect(['one', 'two', 'three'].map((name) => world.builds(name))).toEqual([1, 1, 1]);
  });

  it('says in a resource that Temporal is away, and starts its run when it is back', async () => {
    world.control();
    await world.apply('first');
    await expect.poll(() => world.phase('first'), patience).toBe('Running');
    await expect.poll(() => message('first'), patience).toContain('no worker is polling');
    await world.temporal.kill();
    await world.apply('second');
    await expect.poll(() => message('second'), patience).toContain('cannot be started yet');
    await world.temporal.restart();
    await world.startWorkers();
    await expect.poll(() => world.phase('second')).toBe('Succeeded');
    await expect.poll(() => world.phase('first')).toBe('Succeeded');
    expect([world.builds('first'), world.builds('second')]).toEqual([1, 1]);
  });

  it('loses nothing while the API server is away, and its answers are lost', async () => {
    await world.startWorkers();
    world.control();
    world.control();
    await world.apply('away', { buildMs: 2000 });
    await expect.poll(() => world.builds('away'), patience).toBe(1);
    await world.fake.pause();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await world.fake.resume();
    let calls = 0;
    world.fake.fault = (call) => {
      calls += 1;
      return call.startsWith('PATCH') && calls % 3 !== 0 ? 'reset' : undefined;
    };
    await world.apply('later').catch(() => undefined);
    await expect.poll(() => world.phase('away').catch(() => '')).toBe('Succeeded');
    await expect.poll(() => world.phase('later').catch(() => '')).toBe('Succeeded');
    expect([world.builds('away'), world.builds('later')]).toEqual([1, 1]);
  });

  it('runs a resource once that is edited, and whose status is taken away, and puts it right', async () => {
    await world.startWorkers();
    world.control();
    await world.apply('edited', { buildMs: 3000 });
    await expect.poll(() => world.builds('edited'), patience).toBe(1);
    await world.apply('edited', { buildMs: 1 }, { ttlAfterCompletion: '1d' });
    await world.takeStatus('edited');
    await expect.poll(() => world.phase('edited'), patience).toBe('Succeeded');
    expect((await world.get('edited'))?.status).toMatchObject({ outcome: 'released', commit: 'edited' });
    expect(world.builds('edited')).toBe(1);
  });

  it('ends at once where the kind is not installed, or OpenChoreo’s', async () => {
    await world.takeDefinition();
    await expect(world.control().done).rejects.toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringContaining('kubectl apply -k deploy/crds'),
    });
    await world.installDefinition({});
    await expect(world.control().done).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('a second time'),
    });
  });
});
