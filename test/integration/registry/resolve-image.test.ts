import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createOpenRegistry } from '../../../src/registry/open-registry.ts';
import { createResolveImage } from '../../../src/registry/resolve-image.ts';
import { pushBaseImage } from '../../support/base-image.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';

const { signal } = new AbortController();
let registry: TestRegistry;
let digest: string;
beforeAll(async () => {
  registry = await startRegistry();
  const [, tag = ''] = /:(\w+)$/.exec(await pushBaseImage(registry.host)) ?? [];
  const open = createOpenRegistry({ httpHosts: [registry.host], registryAuth: async () => undefined });
  digest = (await open('default', signal).manifest({ registry: registry.host, name: 'base' }, tag))?.digest ?? '';
});
afterAll(() => registry?.close());

const resolve = (reference: string, mirrors: Readonly<Record<string, readonly string[]>> = {}) =>
  createResolveImage({ httpHosts: [registry.host], mirrors })(reference, signal);

describe('the digest of an image', () => {
  it('is what its tag means now', async () => {
    expect(await resolve(`${registry.host}/base:1`)).toBe(`${registry.host}/base@${digest}`);
  });

  it('stays where one is named, and nobody is asked', async () => {
    const reference = `nobody.invalid/base@sha256:${'a'.repeat(64)}`;

    expect(await resolve(reference)).toBe(reference);
  });

  it('comes from the first mirror that has the image, under the name of the registry itself', async () => {
    const mirrors = { 'nobody.invalid': [`${registry.host}/nothing`, registry.host] };

    expect(await resolve('nobody.invalid/base:1', mirrors)).toBe(`nobody.invalid/base@${digest}`);
  });

  it('is refused for a tag that is not there', async () => {
    await expect(resolve(`${registry.host}/base:2`)).rejects.toMatchObject({
      type: 'SourceNotFound',
      message: `${registry.host} has no image base:2.`,
    });
  });

  it('is not waited for longer than ten seconds', { timeout: 20_000 }, async () => {
    const silent = createServer(() => {});
    await new Promise<void>((started) => silent.listen(0, '127.0.0.1', started));
    onTestFinished(() => void silent.close().closeAllConnections());
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;

    await expect(createResolveImage({ httpHosts: [host], mirrors: {} })(`${host}/a:1`, signal)).rejects.toMatchObject({
      type: 'Unavailable',
    });
  });
});
