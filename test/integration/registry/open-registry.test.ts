import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenRegistry } from '../../../src/registry/open-registry.ts';
import { pushBaseImage } from '../../support/base-image.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';

const signal = new AbortController().signal;
const password = 'a-password-that-must-stay-secret';
const auth = Buffer.from(`robot:${password}`).toString('base64');
const open = (host: string, config?: string) =>
  createOpenRegistry({ httpHosts: [host], registryAuth: async () => config })('default', signal);

describe('a registry without accounts', () => {
  let registry: TestRegistry;
  const base = () => ({ registry: registry.host, name: 'base' });

  beforeAll(async () => {
    registry = await startRegistry();
    await pushBaseImage(registry.host);
  });
  afterAll(() => registry?.close());

  it('answers with the manifest of a tag, and with the same one by its digest', async () => {
    const client = open(registry.host);

    const byTag = await client.manifest(base(), '1');
    const byDigest = await client.manifest(base(), byTag?.digest ?? '');

    expect(byTag?.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(byTag?.digest).toBe(
      `sha256:${createHash('sha256')
        .update(byTag?.bytes ?? '')
        .digest('hex')}`,
    );
    expect(byDigest).toEqual(byTag);
  });

  it('has no manifest for what is not there', async () => {
    expect(await open(registry.host).manifest(base(), 'nothing')).toBeUndefined();
    expect(await open(registry.host).manifest({ registry: registry.host, name: 'no/such' }, '1')).toBeUndefined();
  });

  it('gives a manifest one more tag, and again', async () => {
    const client = open(registry.host);
    const manifest = await client.manifest(base(), '1');
    if (manifest === undefined) throw new Error('the base image is missing');

    await client.tag(base(), manifest, 'v1-0123abcd');
    await client.tag(base(), manifest, 'v1-0123abcd');

    expect((await client.manifest(base(), 'v1-0123abcd'))?.digest).toBe(manifest.digest);
  });

  it('keeps a record in a repository that is new to it', async () => {
    const client = open(registry.host);
    const repository = { registry: registry.host, name: 'team/new' };
    const annotations = { b: 'two', a: 'a "quoted" ünïcode' };

    await client.putRecord(repository, 'slipway-b-0', annotations);
    await client.putRecord(repository, 'slipway-b-0', annotations);

    expect(await client.record(repository, 'slipway-b-0')).toEqual(annotations);
  });

  it('takes an image under a record tag for no record', async () => {
    expect(await open(registry.host).record(base(), '1')).toBeUndefined();
    expect(await open(registry.host).record(base(), 'slipway-b-none')).toBeUndefined();
  });

  it('lists the tags of a repository, and none of one that is not there', async () => {
    const client = open(registry.host);
    expect(await client.tags(base())).toContain('1');
    expect(await client.tags({ registry: registry.host, name: 'no/such' })).toEqual([]);
  });

  it('deletes a manifest, which may be gone already', async () => {
    const client = open(registry.host);
    const repository = { registry: registry.host, name: 'team/deleted' };
    await client.putRecord(repository, 'one', { a: 'b' });
    await client.putRecord(repository, 'two', { a: 'c' });
    const digest = (await client.manifest(repository, 'one'))?.digest ?? '';

    expect(await client.remove(repository, digest)).toBe(true);
    expect(await client.remove(repository, digest)).toBe(true);

    expect(await client.tags(repository)).toEqual(['two']);
  });

  it('is refused over plain http unless its host is named', async () => {
    const client = createOpenRegistry({ httpHosts: [], registryAuth: async () => undefined })('default', signal);

    await expect(client.manifest(base(), '1')).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining(`name ${registry.host} in SLIPWAY_REGISTRY_HTTP_HOSTS`),
    });
  });
});

describe.each(['basic', 'bearer'] as const)('a registry with %s accounts', (scheme) => {
  let registry: TestRegistry;
  const repository = () => ({ registry: registry.host, name: 'team/app' });

  beforeAll(async () => {
    registry = await startRegistry({ auth: { scheme, username: 'robot', password } });
  });
  afterAll(() => registry?.close());

  it('lets the account of config.json write and read', async () => {
    const client = open(registry.host, JSON.stringify({ auths: { [registry.host]: { auth } } }));

    await client.putRecord(repository(), 'slipway-b-1', { key: 'value' });

    expect(await client.record(repository(), 'slipway-b-1')).toEqual({ key: 'value' });
  });

  it.each([
    ['without a secret', undefined],
    ['with an entry for another host only', JSON.stringify({ auths: { 'other.example': { auth } } })],
    ['with a wrong password', 'wrong'],
  ])('denies access %s, and says which key to look at', async (_case, config) => {
    const wrong = JSON.stringify({ auths: { [registry.host]: { username: 'robot', password: 'wrong' } } });
    const failure = await open(registry.host, config === 'wrong' ? wrong : config)
      .manifest(repository(), '1')
      .catch((error: unknown) => error);

    expect(failure).toMatchObject({ type: 'AccessDenied', message: expect.stringContaining('registry-auth') });
    expect(failure).toMatchObject({ message: expect.stringContaining(`${registry.host}/team/app`) });
  });

  it('takes a rotated password without being opened again', async () => {
    let current = JSON.stringify({ auths: { [registry.host]: { username: 'robot', password: 'old' } } });
    const client = createOpenRegistry({ httpHosts: [registry.host], registryAuth: async () => current })(
      'default',
      signal,
    );
    await expect(client.manifest(repository(), '1')).rejects.toMatchObject({ type: 'AccessDenied' });

    current = JSON.stringify({ auths: { [registry.host]: { username: 'robot', password } } });

    expect(await client.manifest(repository(), 'nothing')).toBeUndefined();
  });
});

describe('a server that answers oddly', () => {
  const withServer = async (listener: RequestListener, use: (host: string) => Promise<void>): Promise<void> => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };

  it('has its list of tags read to the end', async () => {
    const pages: Readonly<Record<string, readonly string[]>> = { '': ['c', 'b'], '&last=b': ['a'] };
    const answer: RequestListener = ({ url = '' }, response) => {
      const [, last = ''] = /n=1000(.*)$/.exec(url) ?? [];
      if (last === '') response.setHeader('link', '</v2/app/tags/list?n=1000&last=b>; rel="next"');
      response.end(JSON.stringify({ name: 'app', tags: pages[last] }));
    };
    await withServer(answer, async (host) =>
      expect(await open(host).tags({ registry: host, name: 'app' })).toEqual(['a', 'b', 'c']),
    );
  });

  it('may not let manifests be deleted', async () => {
    await withServer(
      (_request, response) => void response.writeHead(405).end(),
      async (host) => expect(await open(host).remove({ registry: host, name: 'app' }, 'sha256:a')).toBe(false),
    );
  });

  it('is asked again after the time that it gives', async () => {
    await withServer(
      (_request, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
      async (host) => {
        await expect(open(host).manifest({ registry: host, name: 'a' }, '1')).rejects.toMatchObject({
          type: 'RateLimited',
          retryAfterMs: 7000,
        });
      },
    );
  });

  it.each([
    [503, 'Unavailable'],
    [403, 'AccessDenied'],
    [409, 'Contended'],
    [400, 'PolicyRejected'],
  ])('with %i means %s', async (status, type) => {
    await withServer(
      (_request, response) => void response.writeHead(status).end('{"errors":[{"code":"WHY","message":"because"}]}'),
      async (host) => {
        const refused = open(host).manifest({ registry: host, name: 'a' }, '1');
        await expect(refused).rejects.toMatchObject({ type, message: expect.stringContaining('WHY because') });
      },
    );
  });

  it('is not believed when content and digest differ', async () => {
    await withServer(
      (_request, response) => void response.end('{}'),
      async (host) => {
        const other = `sha256:${'0'.repeat(64)}`;
        await expect(open(host).manifest({ registry: host, name: 'a' }, other)).rejects.toMatchObject({
          type: 'Unavailable',
        });
      },
    );
  });

  it('never makes us show the credential to another host', async () => {
    const seen: (string | undefined)[] = [];
    await withServer(
      (request, response) => {
        seen.push(request.headers.authorization);
        response.end('{}');
      },
      async (other) => {
        await withServer(
          (request, response) => {
            if (request.headers.authorization === undefined)
              return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
            response.writeHead(307, { location: `http://${other}/elsewhere` }).end();
          },
          async (host) => {
            const config = JSON.stringify({ auths: { [host]: { auth }, [other]: { auth } } });
            const client = createOpenRegistry({ httpHosts: [host, other], registryAuth: async () => config })(
              'default',
              signal,
            );
            await client.manifest({ registry: host, name: 'a' }, '1');
          },
        );
      },
    );
    expect(seen).toEqual([undefined]);
  });

  it('may not lead us to plain http on a host that is not named', async () => {
    await withServer(
      (_request, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/x' }).end(),
      async (host) => {
        await expect(open(host).manifest({ registry: host, name: 'a' }, '1')).rejects.toMatchObject({
          type: 'NotAllowed',
        });
      },
    );
  });

  it('that does not answer is unavailable', async () => {
    await expect(open('127.0.0.1:1').manifest({ registry: '127.0.0.1:1', name: 'a' }, '1')).rejects.toMatchObject({
      type: 'Unavailable',
      hostUnknown: false,
    });
  });

  it('is left at once when the signal aborts', async () => {
    await withServer(
      () => {},
      async (host) => {
        const stop = new AbortController();
        const client = createOpenRegistry({ httpHosts: [host], registryAuth: async () => undefined })(
          'default',
          stop.signal,
        );
        const asking = client.manifest({ registry: host, name: 'a' }, '1');
        stop.abort(new Error('enough'));
        await expect(asking).rejects.toThrow('enough');
      },
    );
  });
});
