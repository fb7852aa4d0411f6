import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildOutcome } from '../../../src/planes/build-plane.ts';

import { patience } from '../../support/build-world.ts';
import { type FrontendWorld, startFrontendWorld } from '../../support/frontend/frontend-world.ts';
import { serveImage } from '../../support/frontend/serve-image.ts';
import { freePort } from '../../support/registry.ts';

let world: FrontendWorld;
let config: string;
const mountedText = 'mounted\n'.repeat(200);
beforeAll(async () => {
  world = await startFrontendWorld();
  config = path.join(world.folder, 'config.js');
  await writeFile(config, mountedText);
});
afterAll(() => world?.close());

const digestOf = (outcome: BuildOutcome): string => (outcome.kind === 'built' ? outcome.digest : outcome.message);

const apps = [
  { name: 'react-npm', manager: 'npm of the node image by package-lock.json' },
  { name: 'react-yarn-classic', manager: 'yarn-classic (yarn@1.22.22) by yarn.lock' },
  { name: 'react-yarn-berry', manager: 'yarn-berry (@yarnpkg/cli-dist@4.9.1) by yarn.lock' },
  { name: 'react-pnpm', manager: 'pnpm (pnpm@9.15.9) by pnpm-lock.yaml' },
  { name: 'react-bun', manager: 'bun (bun@1.2.15) by bun.lock' },
  { name: 'react-workspace', manager: 'npm of the node image by package-lock.json' },
];

describe('a local build of a React application', () => {
  it.each(apps)('makes of $name an image that answers over HTTP', { timeout: 300_000 }, async ({ name, manager }) => {
    const port = await freePort();
    const request = await world.requestForApp(await world.appFiles(name), {
      app: name === 'react-workspace' ? 'apps/web' : '.',
      // Plug'n'Play knows no node_modules/.bin.
      buildCommand: name === 'react-yarn-berry' ? 'yarn build' : 'npm run build',
      port,
    });

    const outcome = await world.planeWith({ storageDriver: 'overlay' }).build(request, patience());

    const log = await world.logOf(request);
    expect(digestOf(outcome), log).toMatch(/^sha256:/);
    expect(log).toContain(manager);
    expect(log).toContain('FROM $NGINX_IMAGE');
    const served = await serveImage(`${world.registry.host}/${request.image.name}@${digestOf(outcome)}`, port, {
      user: name === 'react-npm' ? '12345' : undefined,
      mounts: { '/srv/www/config.js': config },
    });
    try {
      const page = await fetch(`${served.url}/a/deep/link`);
      const html = await page.text();
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      const [, asset = ''] = /src="([^"]+)"/.exec(html) ?? [];
      const script = await fetch(served.url + asset);
      expect(await script.text()).toContain(`made with ${name === 'react-workspace' ? 'a workspace' : name}`);
      expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const missing = await fetch(`${served.url}/assets/main-00000000.js`);
      expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, null]);
      const mounted = await fetch(`${served.url}/config.js`);
      expect([await mounted.text(), mounted.headers.get('cache-control')]).toEqual([mountedText, 'no-cache']);
      expect(mounted.headers.get('content-encoding')).toBe('gzip');
      const files = await readdir(served.root);
      expect(files.filter((file) => ['app', 'slipway', 'out'].includes(file))).toEqual([]);
    } finally {
      await served.close();
    }
  });

  it('downloads no package again for the next build of the same image', { timeout: 300_000 }, async () => {
    const request = await world.requestForApp(await world.appFiles('react-npm'));
    const plane = world.planeWith({ storageDriver: 'overlay' });
    const downloads = () => world.npm.requests.filter((asked) => asked.endsWith('.tgz')).length;

    const first = await plane.build(request, patience());
    const before = downloads();
    const second = await plane.build({ ...request, id: { ...request.id, ordinal: 2 } }, patience());

    expect(first.kind).toBe('built');
    expect(second).toEqual(first);
    expect(downloads()).toBe(before);
  });
});
