import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { patience } from '../../support/build-world.ts';
import { type FrontendWorld, readApp, startFrontendWorld } from '../../support/frontend/frontend-world.ts';
import { type NpmRegistry, startNpmRegistry } from '../../support/frontend/npm-registry.ts';

let world: FrontendWorld;
let registry: NpmRegistry;
let caFile: string;
beforeAll(async () => {
  world = await startFrontendWorld();
  caFile = path.join(world.folder, 'ca.crt');
  const key = path.join(world.folder, 'ca.key');
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', caFile, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...names], { stdio: 'ignore' });
  const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(caFile, 'utf8') };
  registry = await startNpmRegistry(defaultCacheFolder(process.env), { tls });
}, 300_000);
afterAll(() => Promise.all([world?.close(), registry?.close()]));

async function build(name: string, plane: { readonly caFile?: string }) {
  const request = await world.requestForApp(await readApp(name, registry.url), {
    npmRegistry: registry.url,
    buildCommand: name === 'react-yarn-berry' ? 'yarn build' : 'npm run build',
  });
  const outcome = await world.planeWith({ storageDriver: 'overlay', ...plane }).build(request, patience());
  return { outcome, log: await world.logOf(request) };
}

const apps = ['react-npm', 'react-yarn-classic', 'react-yarn-berry', 'react-pnpm', 'react-bun'];

describe('a package registry whose certificate is of an own authority', () => {
  it.each(apps)('serves %s where that authority is a setting', { timeout: 300_000 }, async (name) => {
    const { outcome, log } = await build(name, { caFile });

    expect(outcome.kind, log).toBe('built');
  });

  it('is refused where it is none, with the setting', { timeout: 300_000 }, async () => {
    const { outcome } = await build('react-npm', {});

    expect(outcome).toMatchObject({
      kind: 'failed',
      type: 'BuildFailed',
      message: expect.stringContaining('Give its authority as SLIPWAY_CA_FILE'),
    });
  });
});
