import { expect, it } from 'vitest';
import { z } from 'zod';
import { followObjects } from '../../src/kubernetes/follow-objects.ts';
import { kubeCall } from '../../src/kubernetes/kube-call.ts';
import type { KubeConnection } from '../../src/kubernetes/kube-connection.ts';
import { listObjects } from '../../src/kubernetes/list-objects.ts';
import { configMapsOf } from './config-maps.ts';

const Metadata = z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) });

/** What we rely on of an API server, in a namespace that holds nothing of these names. The fake one keeps it as the real one does. */
export function keepsContract(open: () => { readonly connection: KubeConnection; readonly namespace: string }): void {
  const never = new AbortController().signal;
  const use = () => {
    const { connection, namespace } = open();
    return {
      connection,
      maps: configMapsOf(connection, namespace),
      list: { ...kubeCall('core', 'list', 'configmaps', namespace), method: 'GET' } as const,
    };
  };
  const metadataOf = (body: unknown) => Metadata.parse(body).metadata;

  it('tells who watches what was created, changed and removed', async () => {
    const { connection, maps, list } = use();
    const lifetime = new AbortController();
    const followed = followObjects(connection, list, lifetime.signal);
    const own = async () =>
      [...(await followed.now()).values()]
        .filter(({ metadata }) => metadata.name.startsWith('followed'))
        .map(
          ({ metadata, ...rest }) =>
            `${metadata.name}:${z.object({ data: z.object({ at: z.string() }) }).parse(rest).data.at}`,
        )
        .sort();
    expect(await own()).toEqual([]);
    await maps.create('followed-1', { at: 'a' });
    await maps.create('followed-2', { at: 'a' });
    await expect.poll(own).toEqual(['followed-1:a', 'followed-2:a']);
    await maps.patch('followed-1', { at: 'b' });
    await maps.remove('followed-2');
    await expect.poll(own).toEqual(['followed-1:b']);
    lifetime.abort();
  });

  it('gives the rest of a list page by page', async () => {
    const { connection, maps, list } = use();
    for (const name of ['page-1', 'page-2', 'page-3']) await maps.create(name, {});
    const Page = z.object({
      metadata: z.object({ continue: z.string().min(1), remainingItemCount: z.int().nullish() }),
    });
    const page = await connection.send({ ...list, query: { limit: '1' } }, never);
    expect(Page.safeParse(page.body).success).toBe(true);
    const { items } = await listObjects(
      connection,
      list,
      z.object({ metadata: z.object({ name: z.string() }) }),
      never,
    );
    const names = items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('page-'));
    expect(names).toEqual(['page-1', 'page-2', 'page-3']);
  });

  it('says in a watch that a version is too old', async () => {
    const { connection, maps, list } = use();
    await maps.create('old', {});
    const query = { watch: '1', resourceVersion: '1', timeoutSeconds: '5' };
    let first = '';
    for await (const text of connection.stream({ ...list, query }, never)) {
      first = text;
      break;
    }
    expect(JSON.parse(first.split('\n')[0] ?? '')).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410 },
    });
  });

  it('refuses a change of an older version, and of another object of the name', async () => {
    const { maps } = use();
    const { resourceVersion } = metadataOf((await maps.create('conflict', { at: 'a' })).body);
    expect((await maps.patch('conflict', { at: 'b' }, { resourceVersion })).status).toBe(200);
    expect((await maps.patch('conflict', { at: 'c' }, { resourceVersion })).status).toBe(409);
    expect((await maps.patch('conflict', { at: 'c' }, { uid: 'another' })).status).toBe(422);
    expect((await maps.remove('conflict', 'another')).status).toBe(409);
    expect((await maps.create('conflict', {})).status).toBe(409);
  });

  it('changes no version where nothing changes', async () => {
    const { maps } = use();
    const { resourceVersion } = metadataOf((await maps.create('same', { at: 'a' })).body);
    expect(metadataOf((await maps.patch('same', { at: 'a' })).body).resourceVersion).toBe(resourceVersion);
  });

  it('keeps a removed object until its last finalizer is taken away', async () => {
    const { maps } = use();
    await maps.create('final', { at: 'a' }, ['slipway.dev/test']);
    await maps.remove('final');
    const kept = await maps.patch('final', { at: 'b' });
    expect(kept.body).toMatchObject({ metadata: { deletionTimestamp: expect.any(String) } });
    await maps.patch('final', {}, { finalizers: [] });
    expect((await maps.patch('final', { at: 'c' })).status).toBe(404);
  });

  it('answers 404 for a kind that it does not know', async () => {
    const { connection, list } = use();
    const path = '/apis/nobody.slipway.dev/v1/things';
    const call = connection.send({ ...list, resource: 'things', path }, never);
    await expect(call).rejects.toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringContaining('knows no things'),
    });
  });
}
