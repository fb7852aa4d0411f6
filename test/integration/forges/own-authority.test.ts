import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { trustAuthorities } from '../../../src/trust.ts';
import { accessTo } from './releases.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-authority-'));
const [certificate, key] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
let server: Server;

beforeAll(async () => {
  const files = ['-keyout', key, '-out', certificate, '-days', '2'];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...names], { stdio: 'ignore' });
  server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_, response) => {
    response.setHeader('content-type', 'application/json').end('[]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

it('a forge with a certificate of an own authority answers once that authority is trusted', async () => {
  const repository = `https://127.0.0.1:${(server.address() as AddressInfo).port}/acme/gitops`;
  const openForge = createOpenForge({
    findCredential: async () => ({ kind: 'token', token: 'a-token-of-the-test' }),
    ...accessTo(repository, 'github'),
  });
  const ask = async () => {
    const forge = await openForge(repository, 'gitops-token', 'default', AbortSignal.timeout(5_000));
    return forge.pullRequests({ head: 'release/none', base: 'main' });
  };

  await expect(ask()).rejects.toMatchObject({
    type: 'Unavailable',
    message: expect.stringContaining('SLIPWAY_CA_FILE'),
  });
  trustAuthorities(certificate);
  expect(await ask()).toEqual([]);
});
