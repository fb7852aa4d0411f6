import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../support/build-world.ts';
import { type NodeVersion, nodeVersions } from '../../support/frontend/base-images.ts';
import { type FrontendWorld, startFrontendWorld } from '../../support/frontend/frontend-world.ts';

let world: FrontendWorld;
beforeAll(async () => {
  world = await startFrontendWorld();
}, 300_000);
afterAll(() => world?.close());

const builds: readonly (readonly [version: NodeVersion, app: string, manager: string])[] = [
  ['16', 'react-npm', 'npm of the node image'],
  ['16', 'react-yarn-3', 'yarn-berry (@yarnpkg/cli-dist@3.8.7)'],
  ['16', 'react-pnpm-8', 'pnpm (pnpm@8.15.9)'],
  ['16', 'react-bun', 'bun (bun@1.2.15)'],
  ['18', 'react-npm', 'npm of the node image'],
  ['18', 'react-yarn-berry', 'yarn-berry (@yarnpkg/cli-dist@4.9.1)'],
  ['22', 'react-npm', 'npm of the node image'],
  ['24', 'react-npm', 'npm of the node image'],
  ['24', 'react-pnpm', 'pnpm (pnpm@9.15.9)'],
];

describe('a React build', () => {
  it.each(builds)('on Node %s builds %s', { timeout: 300_000 }, async (nodeVersion, app, manager) => {
    const build = app.includes('yarn') ? 'yarn build' : 'npm run build';
    const request = await world.requestForApp(await world.appFiles(app), {
      nodeVersion,
      nodeImage: await world.nodeImage(nodeVersion),
      buildCommand: `node --version\n${build}`,
    });

    const outcome = await world.planeWith({ storageDriver: 'overlay' }).build(request, patience());

    const log = await world.logOf(request);
    expect(outcome.kind, log).toBe('built');
    expect(log).toContain(`Packages are installed with ${manager} by `);
    expect(log).toMatch(new RegExp(`^v${nodeVersions[nodeVersion].node.split('@')[1]}$`, 'm'));
  });
});
