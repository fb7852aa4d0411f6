import { describe, expect, it } from 'vitest';
import { cacheFiles, dateCache, decideLayerCache, layerCacheName } from '../../../src/builds/layer-cache.ts';

const now = new Date('2026-11-22T12:00:00Z');
const madeAgo = (days: number): string => dateCache('{"layers":[]}', new Date(now.getTime() - days * 86_400_000));

const plan = { kind: 'docker', context: '.', dockerfile: 'docker/web/Dockerfile' } as const;
const react = {
  kind: 'react',
  app: 'apps/web',
  nodeVersion: '22',
  buildCommand: 'npm run build',
  outputDir: 'dist',
  nodeImage: 'node:22',
  nginxImage: 'nginx',
  npmRegistry: null,
  port: 8080,
} as const;

describe('the name of a layer cache', () => {
  const files = [
    { path: 'Dockerfile', id: 'a' },
    { path: 'package-lock.json', id: 'b' },
  ];

  it('is a tag that stays as long as the files do, in whatever order', () => {
    expect(layerCacheName(plan, files)).toMatch(/^slipway-cache-[0-9a-f]{20}$/);
    expect(layerCacheName(plan, files.toReversed())).toBe(layerCacheName(plan, files));
  });

  it('changes with the content and the place of a file, and with the plan', () => {
    const others = [
      [{ path: 'Dockerfile', id: 'a' }],
      [...files.slice(1), { path: 'Dockerfile', id: 'c' }],
      [...files.slice(1), { path: 'docker/Dockerfile', id: 'a' }],
    ];
    const names = [files, ...others].map((each) => layerCacheName(plan, each));
    const plans = [react, { ...react, nodeVersion: '24' }].map((each) => layerCacheName(each, files));

    expect(new Set([...names, ...plans]).size).toBe(6);
  });

  it('is decided by the Dockerfile and the package files of the context, beside it and of the application', () => {
    const paths = cacheFiles(plan, 'apps/web');

    expect(paths).toEqual(
      expect.arrayContaining(['docker/web/Dockerfile', 'go.sum', 'docker/web/go.sum', 'apps/web/package.json']),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('is decided by the package files up to the root, where a frontend may be part of a workspace', () => {
    expect(cacheFiles(react, '.').filter((path) => path.endsWith('yarn.lock'))).toEqual([
      'apps/web/yarn.lock',
      'apps/yarn.lock',
      'yarn.lock',
    ]);
  });
});

describe('what a build does with its layer cache', () => {
  it.each([
    ['makes one where there is none', undefined, false, { read: false, write: true }],
    ['uses one of this week', madeAgo(6), false, { read: true, write: false }],
    ['replaces an older one', madeAgo(8), false, { read: false, write: true }],
    ['replaces one from the future', madeAgo(-1), false, { read: false, write: true }],
    ['replaces one without a date', '{"layers":[]}', false, { read: false, write: true }],
    ['replaces what is no manifest', 'nonsense', false, { read: false, write: true }],
    ['makes it anew when none is to be used', madeAgo(1), true, { read: false, write: true }],
  ])('%s', (_what, stored, noCache, expected) => {
    expect(decideLayerCache('slipway-cache-1', stored, noCache, now)).toEqual({ name: 'slipway-cache-1', ...expected });
  });

  it('keeps all else of the manifest', () => {
    const manifest = { schemaVersion: 2, layers: [{ digest: 'd' }], annotations: { other: 'yes' } };

    expect(JSON.parse(dateCache(JSON.stringify(manifest), now))).toEqual({
      ...manifest,
      annotations: { other: 'yes', 'org.opencontainers.image.created': '2026-11-22T12:00:00.000Z' },
    });
  });
});
