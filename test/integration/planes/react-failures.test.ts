import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../support/build-world.ts';
import { type FrontendWorld, type ReactPlan, startFrontendWorld } from '../../support/frontend/frontend-world.ts';
import type { Files } from '../../support/git-server.ts';

let world: FrontendWorld;
beforeAll(async () => {
  world = await startFrontendWorld();
});
afterAll(() => world?.close());

interface Case {
  readonly what: string;
  /** Of test/fixtures/apps; react-npm where none is named. */
  readonly name?: string;
  readonly plan?: Partial<ReactPlan>;
  /** Further ones. */
  readonly files?: Files;
  readonly change?: (manifest: Record<string, unknown>) => object;
  readonly said: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: 'an application folder without package.json',
    plan: { app: 'src' },
    said: ['there is no package.json in the folder src'],
  },
  {
    what: 'a package manager that is not the lock file’s',
    change: (manifest) => ({ ...manifest, packageManager: 'pnpm@9.15.9' }),
    said: ['names pnpm@9.15.9 in packageManager, but the lock file in the folder . is package-lock.json'],
  },
  {
    what: 'a lock file that is older than package.json',
    change: (manifest) => ({ ...manifest, dependencies: { 'tiny-greeting': '^1.0.0', pnpm: '9.15.9' } }),
    said: ['the lock file does not fit package.json'],
  },
  ...['react-yarn-classic', 'react-yarn-berry', 'react-pnpm', 'react-bun'].map(
    (name): Case => ({
      what: `a range that the lock file of ${name} does not have, though its version fits`,
      name,
      change: (manifest) => ({ ...manifest, dependencies: { 'tiny-greeting': '>=1.0.0' } }),
      said: [name === 'react-bun' ? 'bun.lock does not fit package.json' : 'the lock file does not fit package.json'],
    }),
  ),
  {
    what: 'a package that is not in the registry',
    change: (manifest) => ({ ...manifest, dependencies: { 'tiny-greeting': '^2.0.0' } }),
    said: ['a package is not in the package registry', 'SLIPWAY_NPM_REGISTRY'],
  },
  {
    what: 'a build command that names no script',
    plan: { buildCommand: 'npm run biuld' },
    said: ['package.json has no such script', 'react.buildCommand'],
  },
  {
    what: 'a build command that fails',
    plan: { buildCommand: 'echo broken >&2; exit 3' },
    said: ['the build command `echo broken >&2; exit 3` ended with code 3. It is react.buildCommand', 'broken'],
  },
  {
    what: 'a program that package.json does not list',
    change: (manifest) => ({ ...manifest, scripts: { build: 'vite build' } }),
    said: ['a program is not found. Is the package that brings it listed in package.json'],
  },
  {
    what: 'a module that package.json does not list',
    plan: { buildCommand: `node -e 'require("left-pad")'` },
    said: ['a module is not installed. Is it listed in package.json'],
  },
  {
    what: 'a version of Node that is too old',
    files: { '.npmrc': 'engine-strict=true\n' },
    change: (manifest) => ({ ...manifest, engines: { node: '>=99' } }),
    said: ['does not work with this version of Node. Set react.nodeVersion (parameter node-version)'],
  },
  {
    what: 'a base image that is not there',
    plan: { nodeImage: 'node:none' },
    said: ['a base image could not be pulled', 'Check SLIPWAY_FRONTEND_IMAGES'],
  },
  {
    what: 'an application folder that is a link out of the source',
    files: { web: { mode: '120000', text: '/etc' } },
    plan: { app: 'web' },
    said: ['the folder web is not in the source'],
  },
  {
    what: 'an output folder that is another one',
    plan: { outputDir: 'dist' },
    said: [
      "the output folder 'dist' does not exist",
      'react.outputDir',
      'holds: build/ package-lock.json package.json',
    ],
  },
  {
    what: 'an output folder that leads out of the application',
    plan: { buildCommand: 'ln -s /etc build' },
    said: ["the output folder 'build' is /etc, which is not inside the application"],
  },
];

describe('a React build', () => {
  it.each(cases)(
    'tells of $what',
    { timeout: 300_000 },
    async ({ name = 'react-npm', plan = {}, files: more, change, said }) => {
      const app = await world.appFiles(name);
      const manifest: Record<string, unknown> = JSON.parse(app['package.json'] ?? '');
      const changed = change ? { 'package.json': JSON.stringify(change(manifest)) } : {};
      const images = plan.nodeImage === undefined ? {} : { nodeImage: `${world.registry.host}/${plan.nodeImage}` };
      const request = await world.requestForApp({ ...app, ...changed, ...more }, { ...plan, ...images });

      const outcome = await world.planeWith({ storageDriver: 'overlay' }).build(request, patience());

      expect(outcome).toMatchObject({ kind: 'failed', type: 'BuildFailed' });
      for (const text of said) expect(outcome).toMatchObject({ message: expect.stringContaining(text) });
    },
  );
});
