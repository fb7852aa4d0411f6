import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BuildRequest } from '../../../src/planes/build-plane.ts';
import { digestOf } from '../../../src/planes/steps/layout.ts';
import { createBuildPod } from '../../support/build-pod.ts';
import { type BuildWorld, startBuildWorld } from '../../support/build-world.ts';

let world: BuildWorld;
let request: BuildRequest;
beforeAll(async () => {
  world = await startBuildWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  const layerCache = { name: 'slipway-cache-1', read: true, write: true };
  request = await world.requestFor({ Dockerfile: world.dockerfile('RUN true') }, { layerCache });
});

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const Dated = z.object({ annotations: z.object({ 'org.opencontainers.image.created': z.iso.datetime() }) });

async function storedManifest() {
  const url = `${world.registry.url}/v2/${request.image.name}/manifests/slipway-cache-1`;
  const answer = await fetch(url, { headers: { accept: manifestType } });
  return answer.status === 200 ? Dated.parse(await answer.json()) : undefined;
}

/** A cache as BuildKit exports it: its config is of no type that images have. */
async function writeCache(folder: string): Promise<Buffer> {
  await mkdir(path.join(folder, 'blobs/sha256'), { recursive: true });
  const write = async (mediaType: string, bytes: Buffer) => {
    const digest = digestOf(bytes);
    await writeFile(path.join(folder, 'blobs', digest.replace(':', '/')), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layer = gzipSync('a layer');
  const content = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: await write('application/vnd.buildkit.cacheconfig.v0', Buffer.from('{"layers":[],"records":[]}')),
    layers: [await write('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  };
  const manifest = await write(manifestType, Buffer.from(JSON.stringify(content)));
  await writeFile(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return layer;
}

describe('the layer cache of a build', () => {
  it('is stored with its date after the image, and restored as it was', async () => {
    const { container, paths } = await createBuildPod(world, request);
    await container('clone', 'build');
    const layer = await writeCache(path.join(paths.work, 'new-cache'));

    const pushed = await container('push');
    const stored = await storedManifest();
    const restored = await container('restore');

    expect([pushed.code, restored.code]).toEqual([0, 0]);
    const age = Date.now() - Date.parse(stored?.annotations['org.opencontainers.image.created'] ?? '');
    expect(age).toBeLessThan(60_000);
    const file = path.join(paths.work, 'stored-cache/blobs', digestOf(layer).replace(':', '/'));
    expect(await readFile(file)).toEqual(layer);
  });

  it('may be missing, before and after the build', async () => {
    const { container, paths } = await createBuildPod(world, request);

    const built = await container('clone', 'restore', 'build');
    const pushed = await container('push');

    expect([built.code, pushed.code]).toEqual([0, 0]);
    expect(built.log).toMatch(/=== restore ===\n.*manifest unknown/);
    expect(pushed.log).toContain('left no layer cache');
    expect(JSON.parse(await readFile(paths.terminationLog, 'utf8'))).toMatchObject({ kind: 'pushed' });
  });

  it('leads a hostile build to no credential', async () => {
    const { container, paths } = await createBuildPod(world, request);
    const secret = 'the-registry-password';
    await writeFile(paths.registryCredential, JSON.stringify({ auths: {}, secret }));
    await container('clone', 'build');
    const cache = path.join(paths.work, 'new-cache');
    await writeCache(cache);
    const index = JSON.parse(await readFile(path.join(cache, 'index.json'), 'utf8'));

    for (const attack of ['index', 'manifest'] as const) {
      const digest = `sha256:${'0'.repeat(64)}`;
      await writeFile(
        path.join(cache, 'index.json'),
        JSON.stringify({ ...index, manifests: [{ ...index.manifests[0], digest }] }),
      );
      const target = attack === 'index' ? 'index.json' : `blobs/${digest.replace(':', '/')}`;
      const link = path.join(paths.work, attack);
      await symlink(paths.registryCredential, link);
      await rename(link, path.join(cache, target));
      const { code, log } = await container('push');

      expect(code).toBe(0);
      expect(log).toContain('left no layer cache');
      expect(log).not.toContain(secret);
      expect(await storedManifest()).toBeUndefined();
      await rm(path.join(cache, target));
    }
  });
});
