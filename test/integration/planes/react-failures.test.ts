import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience, sourceToken } from '../../support/build-world.ts';
import { type FrontendWorld, type ReactPlan, startFrontendWorld } from '../../support/frontend/frontend-world.ts';

let world: FrontendWorld;
let app: Readonly<Record<string, string>>;
beforeAll(async () => {
  world = await startFrontendWorld();
  app = await world.appFiles('react-npm');
});
afterAll(() => world?.close());

interface Case {
  readonly what: string;
  readonly plan?: Partial<ReactPlan>;
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
  it.each(cases)('tells of $what', { timeout: 300_000 }, async ({ plan = {}, change, said }) => {
    const manifest: Record<string, unknown> = JSON.parse(app['package.json'] ?? '');
    const files = change ? { ...app, 'package.json': JSON.stringify(change(manifest)) } : app;
    const request = await world.requestForApp(files, plan);

    const outcome = await world.planeWith({ storageDriver: 'overlay' }).build(request, patience());

    expect(outcome).toMatchObject({ kind: 'failed', type: 'BuildFailed' });
    for (const text of said) expect(outcome).toMatchObject({ message: expect.stringContaining(text) });
  });

  it('shows no credential to build command, output folder and package scripts', { timeout: 300_000 }, async () => {
    const look =
      'env; cat /slipway/* /tmp/* 2>/dev/null || true; find / -xdev -name "cred*.json" -o -name "*.netrc" | head';
    const manifest = { ...JSON.parse(app['package.json'] ?? ''), scripts: { preinstall: look, build: 'tiny-bundle' } };
    const files = { ...app, 'package.json': JSON.stringify(manifest) };
    const server = world.privateSources;
    const plan = { buildCommand: `${look}\nnpm run build -- '$(env)'`, outputDir: '$(env)' };
    const request = await world.requestForApp(files, plan, {}, server);
    const secret = 'a-registry-password-that-must-stay-secret';
    const authorization = `Basic ${Buffer.from(`x-access-token:${sourceToken}`).toString('base64')}`;

    const outcome = await world
      .planeWith({
        storageDriver: 'overlay',
        sourceAuthorization: async () => authorization,
        registryAuth: async () => JSON.stringify({ auths: { 'other.example': { auth: secret } } }),
      })
      .build(request, patience());

    const log = await world.logOf(request);
    expect(outcome.kind, log).toBe('built');
    expect(log).toContain('npm_config_registry=');
    for (const text of [secret, sourceToken, authorization]) expect(log).not.toContain(text);
  });
});
