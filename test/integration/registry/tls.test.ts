import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenRegistry } from '../../../src/registry/open-registry.ts';

describe('a registry whose certificate is made by an own authority', () => {
  const signal = new AbortController().signal;
  const folder = mkdtempSync(path.join(tmpdir(), 'registry-tls-'));
  const certificate = path.join(folder, 'cert.pem');
  let server: Server;
  let host: string;

  beforeAll(async () => {
    const key = path.join(folder, 'key.pem');
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', ...names],
      { stdio: 'ignore' },
    );
    server = createServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (_request, response) => void response.writeHead(404).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('is refused with the way to trust it', async () => {
    const registry = createOpenRegistry({ httpHosts: [], registryAuth: async () => undefined })('default', signal);

    await expect(registry.manifest({ registry: host, name: 'a' }, '1')).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('SLIPWAY_CA_FILE'),
    });
  });

  it('is trusted with that authority', async () => {
    const registry = createOpenRegistry({ httpHosts: [], caFile: certificate, registryAuth: async () => undefined })(
      'default',
      signal,
    );

    expect(await registry.manifest({ registry: host, name: 'a' }, '1')).toBeUndefined();
  });
});
