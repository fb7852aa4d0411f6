import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReadImage } from '../../../src/registry/read-image.ts';
import { pushBaseImage } from '../../support/base-image.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';

const auth = { scheme: 'basic', username: 'robot', password: 'registry-password' } as const;
const { signal } = new AbortController();
let open: TestRegistry;
let closed: TestRegistry;
let image: string;
beforeAll(async () => {
  [open, closed] = await Promise.all([startRegistry(), startRegistry({ auth })]);
  image = await pushBaseImage(open.host);
});
afterAll(() => Promise.all([open?.close(), closed?.close()]));

const read = (reference: string, password: string = auth.password) =>
  createReadImage({
    httpHosts: [open.host, closed.host],
    registryAuth: async () => JSON.stringify({ auths: { [closed.host]: { username: auth.username, password } } }),
  })(reference, 'default', signal);

/** Puts a list of images under a tag. */
async function putIndex(tag: string, architecture: string): Promise<string> {
  const digest = (await read(image))?.reference.replace(/^.*@/, '');
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const other = { digest, platform: { os: 'windows', architecture: 'amd64' } };
  const manifests = [other, { digest, platform: { os: 'linux', architecture } }];
  const entries = manifests.map((one) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 1,
    ...one,
  }));
  await fetch(`${open.url}/v2/base/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: entries }),
  });
  return `${open.host}/base:${tag}`;
}

describe('an image that is read', () => {
  it('has its digest and its config', async () => {
    const found = await read(image);

    expect(found?.reference).toMatch(/^127\.0\.0\.1:\d+\/base@sha256:[0-9a-f]{64}$/);
    expect(found?.config).toMatchObject({ os: 'linux', config: expect.any(Object) });
    expect(await read(found?.reference ?? '')).toEqual(found);
  });

  it('is undefined where there is none', async () => {
    expect(await read(`${open.host}/base:2`)).toBeUndefined();
    expect(await read(`${open.host}/nothing:1`)).toBeUndefined();
  });

  it("is a list's image for this machine", async () => {
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const platform = await putIndex('list', architecture);

    expect(await read(platform)).toEqual(await read(image));
    await expect(read(await putIndex('others', 's390x'))).rejects.toMatchObject({
      type: 'BuildFailed',
      message: expect.stringContaining(`it is not made for linux/${architecture}`),
    });
  });

  it('is asked for with the credential of its registry', async () => {
    expect(await read(`${closed.host}/base:1`)).toBeUndefined();
    await expect(read(`${closed.host}/base:1`, 'wrong')).rejects.toMatchObject({ type: 'AccessDenied' });
  });
});
