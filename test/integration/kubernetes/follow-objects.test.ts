import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FollowedObjects, followObjects } from '../../../src/kubernetes/follow-objects.ts';
import { kubeCall } from '../../../src/kubernetes/kube-call.ts';
import { loadKubeConfig, openKubeConnection } from '../../../src/kubernetes/kube-connection.ts';
import { type ConfigMaps, configMapsOf } from '../../support/config-maps.ts';
import { type FakeObjects, startFakeObjects } from '../../support/fake-objects.ts';

let fake: FakeObjects;
let maps: ConfigMaps;
let followed: FollowedObjects;
let lifetime: AbortController;
const list = { ...kubeCall('core', 'list', 'configmaps'), method: 'GET' } as const;

const follow = (silenceMs?: number) =>
  followObjects(
    openKubeConnection(loadKubeConfig(fake.kubeconfig)),
    list,
    lifetime.signal,
    silenceMs === undefined ? {} : { silenceMs },
  );

beforeEach(async () => {
  fake = await startFakeObjects();
  maps = configMapsOf(openKubeConnection(loadKubeConfig(fake.kubeconfig)), 'team-a');
  lifetime = new AbortController();
  followed = follow();
});
afterEach(async () => {
  lifetime.abort();
  await fake.stop();
});

const names = async (): Promise<string> => [...(await followed.now()).keys()].sort().join(' ');
const lists = (): number => fake.calls.filter((call) => call.startsWith('GET') && !call.includes('watch=1')).length;
/** Follows three objects. */
const begin = async (): Promise<void> => {
  for (const name of ['one', 'two', 'three']) await maps.create(name, { at: 'first' });
  expect(await names()).toBe('team-a/one team-a/three team-a/two');
  await expect.poll(() => fake.watchers()).toBe(1);
};

describe('following', () => {
  it('lists once, however often it is asked, and as long as the watch tells', async () => {
    await begin();
    await maps.create('four', {});
    await maps.remove('two');
    await expect.poll(names).toBe('team-a/four team-a/one team-a/three');
    expect(lists()).toBe(1);
  });

  it('asks the cluster once for all who ask at the same time', async () => {
    await Promise.all([followed.now(), followed.now(), followed.now()]);
    expect(lists()).toBe(1);
  });

  it('gives the very same objects again where they did not change, also after a new list', async () => {
    await begin();
    const before = await followed.now();
    await maps.patch('one', { at: 'second' });
    await expect.poll(async () => (await followed.now()).get('team-a/one')).not.toBe(before.get('team-a/one'));
    fake.endWatches();
    await expect.poll(() => names().then(lists)).toBe(2);
    expect((await followed.now()).get('team-a/two')).toBe(before.get('team-a/two'));
    expect(before.get('team-a/one')).toMatchObject({ data: { at: 'first' } });
  });

  it('wakes who waits at a change, and when the watch ends', async () => {
    await begin();
    const began = Date.now();
    setTimeout(() => void maps.patch('one', { at: 'second' }), 100);
    await followed.changed(20_000);
    await names();
    setTimeout(() => fake.endWatches(), 100);
    await followed.changed(20_000);
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it('does not wait where something changed since the last look', async () => {
    await begin();
    await maps.patch('one', { at: 'second' });
    await expect.poll(async () => followed.changed(10_000).then(() => 'woken')).toBe('woken');
    expect((await followed.now()).get('team-a/one')).toMatchObject({ data: { at: 'second' } });
  });

  it('reads all pages, and begins anew where the next one is too old', async () => {
    fake.pageSize = 1;
    await begin();
    expect(lists()).toBe(3);
    lifetime.abort();
    lifetime = new AbortController();
    followed = follow();
    fake.fault = (call) => (call.includes('continue=2') ? { status: 410 } : undefined);
    expect(await names()).toBe('team-a/one team-a/three team-a/two');
  });

  it('leaves out who wrote which field', async () => {
    await begin();
    expect((await followed.now()).get('team-a/one')?.metadata).not.toHaveProperty('managedFields');
  });

  it('ends with its lifetime', async () => {
    await begin();
    lifetime.abort(new Error('over'));
    await expect.poll(() => fake.watchers()).toBe(0);
    await expect.poll(() => followed.now().catch(String)).toBe('Error: over');
  });
});

describe('after trouble with the watch', () => {
  /** What happened while nobody followed. */
  const meanwhile = async (): Promise<void> => {
    await maps.remove('two');
    await maps.create('four', {});
  };
  const after = 'team-a/four team-a/one team-a/three';

  it.each<[string, () => unknown]>([
    ['it ends', () => fake.endWatches()],
    ['it ends with "too old" (410) as an event', () => fake.tellWatchers('{"type":"ERROR","object":{"code":410}}')],
    ['it ends with another error', () => fake.tellWatchers('{"type":"ERROR","object":{"code":500}}')],
    ['half a line comes', () => fake.tellWatchers('{"type":"ADDED","obj')],
    ['an event without object comes', () => fake.tellWatchers('{"type":"ADDED"}')],
    ['an unknown event comes', () => fake.tellWatchers('{"type":"MOVED","object":{}}')],
    ['the server starts anew', () => fake.pause().then(fake.resume)],
  ])('finds what was missed: %s', async (_, trouble) => {
    await begin();
    fake.silent = true;
    await meanwhile();
    await trouble();
    fake.silent = false;
    await expect.poll(names).toBe(after);
    expect(lists()).toBe(2);
  });

  it('takes a silent connection for lost, and lists again', async () => {
    followed = follow(300);
    await begin();
    fake.silent = true;
    await meanwhile();
    await expect.poll(names).toBe(after);
  });

  it('keeps a watch on which only bookmarks come', async () => {
    followed = follow(400);
    await begin();
    const bookmark = '{"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"99"}}}';
    for (let beat = 0; beat < 6; beat++) {
      fake.tellWatchers(bookmark);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(await names()).toBe('team-a/one team-a/three team-a/two');
    expect(lists()).toBe(1);
  });

  it('takes the same event twice', async () => {
    await begin();
    const one = (await followed.now()).get('team-a/one');
    for (const type of ['ADDED', 'MODIFIED']) fake.tellWatchers(JSON.stringify({ type, object: one }));
    for (let twice = 0; twice < 2; twice++) {
      const object = (await followed.now()).get('team-a/two');
      fake.tellWatchers(JSON.stringify({ type: 'DELETED', object: object ?? one }));
      await expect.poll(names).toBe(twice === 0 ? 'team-a/one team-a/three' : 'team-a/three');
    }
  });

  it.each([
    [401, 'Unauthorized', 'AccessDenied'],
    [403, 'configmaps is forbidden: User "w" cannot list resource', 'AccessDenied'],
    [404, 'the server could not find the requested resource', 'ManifestInvalid'],
    [429, 'too many requests', 'Unavailable'],
    [500, 'etcdserver: request timed out', 'Unavailable'],
  ])('says what the list says (%i), and goes on when that is over', async (status, message, type) => {
    await begin();
    fake.fault = () => ({ status, message, retryAfter: 7 });
    fake.endWatches();
    await expect.poll(() => followed.now().then(String, (error: { type: string }) => error.type)).toBe(type);
    await maps.remove('two').catch(() => undefined);
    fake.fault = () => undefined;
    await meanwhile();
    await expect.poll(names).toBe(after);
  });

  it('tells when the server asks to come back', async () => {
    fake.fault = () => ({ status: 429, retryAfter: 7 });
    await expect(followed.now()).rejects.toMatchObject({ type: 'Unavailable', retryAfterMs: 7000 });
  });

  it('lists each time where it may list and not watch', async () => {
    fake.fault = (call) => (call.includes('watch=1') ? { status: 403, message: 'cannot watch' } : undefined);
    await maps.create('one', {});
    expect(await names()).toBe('team-a/one');
    await maps.create('two', {});
    await expect.poll(names).toBe('team-a/one team-a/two');
  });
});
