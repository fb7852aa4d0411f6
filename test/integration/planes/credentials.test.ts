import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupMembers } from '../../../src/planes/local/process-group.ts';
import { type BuildWorld, patience, sourceToken, startBuildWorld, textsBelow } from '../../support/build-world.ts';
import { startRegistry } from '../../support/registry.ts';

let world: BuildWorld;
beforeAll(async () => {
  world = await startBuildWorld();
});
afterAll(() => world?.close());

const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };
const authorization = `Basic ${Buffer.from(`x-access-token:${sourceToken}`).toString('base64')}`;

describe('credentials', () => {
  it('reach neither the folder, the arguments nor the environment of what the user builds', async () => {
    const look = 'RUN (env; cat /proc/*/environ /proc/*/cmdline) 2>/dev/null | tr "\\0" "\\n"; sleep 2';
    const request = await world.requestFor({ Dockerfile: world.dockerfile(look) }, {}, world.privateSources);
    const plane = world.planeWith({
      sourceAuthorization: async () => authorization,
      registryAuth: async () => `{"auths":{"other.example":{"auth":"${sourceToken}"}}}`,
    });
    const building = plane.build(request, patience());
    const group = await world.runningGroup(request);
    const encoded = authorization.slice('Basic '.length);

    const outside = await Promise.all(
      (await groupMembers(group)).flatMap((pid) =>
        ['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      ),
    );
    const during = await textsBelow(world.folderOf(request));
    const outcome = await building;
    const after = await textsBelow(world.folderOf(request));

    expect(outcome).toEqual(built);
    expect(await world.logOf(request)).toContain('PATH=');
    for (const place of [...outside, ...during, ...after]) {
      expect(place.includes(sourceToken) || place.includes(encoded)).toBe(false);
    }
  });
});

describe('a registry that wants a credential', () => {
  const account = { username: 'robot', password: 'push-password-to-hide' };
  const authFor = (host: string): string =>
    JSON.stringify({
      auths: { [host]: { auth: Buffer.from(`${account.username}:${account.password}`).toString('base64') } },
    });

  it.each(['basic', 'bearer'] as const)('gets it by %s, and it is gone afterwards', async (scheme) => {
    const closed = await startRegistry({ auth: { ...account, scheme } });
    try {
      const image = { registry: closed.host, name: 'team/private', tag: 'v1' };
      const request = await world.requestFor({ Dockerfile: world.dockerfile('RUN true') }, { image });
      const registryHttpHosts = [world.registry.host, closed.host];

      const denied = await world.planeWith({ registryHttpHosts }).build(request, patience());
      const outcome = await world
        .planeWith({ registryHttpHosts, registryAuth: async () => authFor(closed.host) })
        .build(request, patience());

      expect(denied).toMatchObject({ type: 'AccessDenied', message: expect.stringContaining('registry-auth') });
      expect(outcome).toEqual(built);
      const texts = await textsBelow(world.folderOf(request));
      expect(texts.some((each) => each.includes(account.password))).toBe(false);
      const names = await readdir(world.folderOf(request));
      expect(names).not.toContain('credentials.json');
    } finally {
      await closed.close();
    }
  });
});

describe('a registry whose certificate is made by an own authority', () => {
  it('is used for the upload only when that authority is given', async () => {
    const [certificate, key] = [path.join(world.folder, 'cert.pem'), path.join(world.folder, 'key.pem')];
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const request509 = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync('openssl', [...request509, ...names], { stdio: 'ignore' });
    const secure = await startRegistry({ tls: { certificate, key } });
    try {
      const image = { registry: secure.host, name: 'team/secure', tag: 'v1' };
      const request = await world.requestFor({ Dockerfile: world.dockerfile('RUN true') }, { image });

      const refused = await world.planeWith().build(request, patience());
      const outcome = await world.planeWith({ caFile: certificate }).build(request, patience());

      expect(refused).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('SLIPWAY_CA_FILE') });
      expect(outcome).toEqual(built);
      const onTop = await world.requestFor({
        Dockerfile: `FROM ${secure.host}/team/secure@${outcome.kind === 'built' ? outcome.digest : ''}\nRUN true\n`,
      });
      expect(await world.planeWith({ caFile: certificate }).build(onTop, patience())).toEqual(built);
    } finally {
      await secure.close();
    }
  });
});
