import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { officialImages } from '../../src/runs/build-arguments.ts';

const catalog = { SLIPWAY_CATALOG: 'directory:/catalog' };
const kubernetes = {
  ...catalog,
  SLIPWAY_PLANE: 'kubernetes',
  SLIPWAY_BUILDER_IMAGE: 'registry.example/builder@sha256:b',
};

describe('the settings about where builds run', () => {
  it('mean this machine, two at once, where nothing is set', () => {
    const { kubernetes: none, builds } = loadConfig(catalog);
    expect(none).toBeUndefined();
    expect(builds).toMatchObject({ atOnce: 2, host: expect.any(String), registryMirrors: {} });
  });

  it('mean Jobs that every worker finds, fifty at once, in the cluster of the worker', () => {
    const config = loadConfig(kubernetes);
    expect(config.builds).toMatchObject({ atOnce: 50, host: null });
    expect(config.kubernetes).toEqual({
      kubeconfig: undefined,
      namespace: 'slipway-builds',
      image: 'registry.example/builder@sha256:b',
      profile: 'buildkit',
      userNamespaces: false,
      ttlSeconds: 3600,
      addresses: new Map(),
    });
  });

  it('read addresses, and mirrors in their order', () => {
    const config = loadConfig({
      ...kubernetes,
      SLIPWAY_BUILD_ADDRESSES: '127.0.0.1:5001=10.244.0.1:5001, git.local=10.244.0.1:3000',
      SLIPWAY_REGISTRY_MIRRORS: 'docker.io=a.example/hub,quay.io=b.example,docker.io=c.example',
    });
    expect(config.kubernetes?.addresses).toEqual(
      new Map([
        ['127.0.0.1:5001', '10.244.0.1:5001'],
        ['git.local', '10.244.0.1:3000'],
      ]),
    );
    expect(config.builds.registryMirrors).toEqual({
      'docker.io': ['a.example/hub', 'c.example'],
      'quay.io': ['b.example'],
    });
  });

  it.each([
    [{ ...catalog, SLIPWAY_PLANE: 'kubernetes' }, 'SLIPWAY_BUILDER_IMAGE'],
    [{ ...catalog, SLIPWAY_BUILDKIT: 'buildkit:1234' }, 'SLIPWAY_BUILDKIT: must be'],
    [{ ...kubernetes, SLIPWAY_BUILD_ADDRESSES: '127.0.0.1:5001' }, 'SLIPWAY_BUILD_ADDRESSES'],
    [{ ...kubernetes, SLIPWAY_BUILD_PROFILE: 'kaniko' }, 'SLIPWAY_BUILD_PROFILE'],
    [{ ...kubernetes, SLIPWAY_BUILD_PLANES: 'East=/kube' }, 'SLIPWAY_BUILD_PLANES: must be a list of name=kubeconfig'],
    [{ ...catalog, SLIPWAY_BUILD_PLANES: 'east=/kube' }, 'SLIPWAY_BUILD_PLANES: may name clusters only where'],
  ])('say what is wrong with %j', (environment, name) => {
    expect(() => loadConfig(environment)).toThrow(name);
  });
});

describe('the setting about build planes', () => {
  it('gives each name its kubeconfig, or the place where builds run anyway', () => {
    const SLIPWAY_BUILD_PLANES = 'east=/kube/east.yaml, team-a/own=/kube/own, here';
    const planes = [
      ['east', '/kube/east.yaml'],
      ['team-a/own', '/kube/own'],
      ['here', null],
    ] as const;
    expect(loadConfig({ ...kubernetes, SLIPWAY_BUILD_PLANES }).buildPlanes).toEqual(new Map(planes));
    expect(loadConfig({ ...catalog, SLIPWAY_BUILD_PLANES: 'here' }).buildPlanes).toEqual(new Map([['here', null]]));
    expect(loadConfig(catalog).buildPlanes.size).toBe(0);
  });
});

describe('the settings about a cluster', () => {
  it('name the namespaces of the catalog, and those with Secrets of their own', () => {
    const config = loadConfig({
      SLIPWAY_CATALOG: 'kubernetes:team-a, team-b',
      SLIPWAY_SECRETS: 'kubernetes:slipway-system',
      SLIPWAY_SECRET_NAMESPACES: 'team-a',
      SLIPWAY_KUBECONFIG: '/kubeconfig',
    });
    expect(config).toMatchObject({
      catalog: { kind: 'kubernetes', namespaces: ['team-a', 'team-b'] },
      secrets: { kind: 'kubernetes', namespace: 'slipway-system' },
      secretNamespaces: ['team-a'],
      kubeconfig: '/kubeconfig',
    });
    expect(loadConfig({ SLIPWAY_CATALOG: 'kubernetes' }).catalog).toEqual({ kind: 'kubernetes', namespaces: null });
  });

  it.each([
    [{ SLIPWAY_CATALOG: 'kubernetes:' }, 'SLIPWAY_CATALOG: must be directory:'],
    [{ SLIPWAY_CATALOG: 'kubernetes:Team_A' }, 'SLIPWAY_CATALOG: must be directory:'],
    [{ ...catalog, SLIPWAY_SECRETS: 'kubernetes' }, 'kubernetes:<namespace>'],
    [{ ...catalog, SLIPWAY_SECRETS: 'kubernetes:a/b' }, 'kubernetes:<namespace>'],
    [{ ...catalog, SLIPWAY_SECRET_NAMESPACES: 'a,B' }, 'SLIPWAY_SECRET_NAMESPACES'],
  ])('say what is wrong with %j', (environment, text) => {
    expect(() => loadConfig(environment)).toThrow(text);
  });
});

it('the catalog counts as current for three seconds', () => {
  expect(loadConfig(catalog).catalogMaxAgeMs).toBe(3000);
});

describe('the setting about lost webhooks', () => {
  it('is ten minutes, a duration, or off', () => {
    expect(loadConfig(catalog).sweepSeconds).toBe(600);
    expect(loadConfig({ ...catalog, SLIPWAY_SWEEP_INTERVAL: '1h' }).sweepSeconds).toBe(3600);
    expect(loadConfig({ ...catalog, SLIPWAY_SWEEP_INTERVAL: 'off' }).sweepSeconds).toBeNull();
    expect(() => loadConfig({ ...catalog, SLIPWAY_SWEEP_INTERVAL: 'never' })).toThrow(
      'SLIPWAY_SWEEP_INTERVAL: must be off, or a duration such as 10m',
    );
  });
});

describe('where logs are kept', () => {
  it('is a bucket, or nowhere', () => {
    expect(loadConfig(catalog).logStore).toBeNull();
    expect(loadConfig({ ...catalog, SLIPWAY_LOG_STORE: 'https://s3.example/logs/slipway' }).logStore).toEqual({
      url: 'https://s3.example/logs/slipway',
      region: 'us-east-1',
    });
    for (const url of [
      'https://s3.example',
      'https://key:secret@s3.example/logs',
      's3://logs',
      'https://s3.example/logs?x',
    ]) {
      expect(() => loadConfig({ ...catalog, SLIPWAY_LOG_STORE: url })).toThrow('SLIPWAY_LOG_STORE: must be');
    }
  });
});

describe('how long things are kept', () => {
  it('is a number of days, or off', () => {
    expect(loadConfig(catalog).keep).toEqual({ branchDays: 7, cacheDays: 14, logDays: 30 });
    const settings = { ...catalog, SLIPWAY_KEEP_BRANCHES: 'off', SLIPWAY_KEEP_CACHES: '30d' };
    expect(loadConfig(settings).keep).toEqual({ branchDays: null, cacheDays: 30, logDays: 30 });
    expect(() => loadConfig({ ...catalog, SLIPWAY_KEEP_BRANCHES: '0d' })).toThrow(
      'SLIPWAY_KEEP_BRANCHES: must be off, or a number of days such as 7d',
    );
  });
});

describe('the settings of React builds', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  it('name the official images and no package registry where nothing is set', () => {
    expect(loadConfig(catalog).frontend).toEqual({ images: officialImages, npmRegistry: null });
  });

  it('put images in the place of official ones, and leave the others', () => {
    const { frontend } = loadConfig({
      ...catalog,
      SLIPWAY_FRONTEND_IMAGES: `node-20=registry.example:5000/node@${digest}, nginx=mirror.example/nginx:1.27`,
      SLIPWAY_NPM_REGISTRY: 'https://npm.example/all/',
    });

    expect(frontend).toEqual({
      images: {
        ...officialImages,
        'node-20': `registry.example:5000/node@${digest}`,
        nginx: 'mirror.example/nginx:1.27',
      },
      npmRegistry: 'https://npm.example/all/',
    });
  });

  it.each([
    ['SLIPWAY_FRONTEND_IMAGES', 'node-21=registry.example/node:21', 'must name node-16, node-18'],
    ['SLIPWAY_FRONTEND_IMAGES', 'toString=registry.example/node:21', 'not "toString"'],
    ['SLIPWAY_FRONTEND_IMAGES', 'registry.example/node:20', 'must be a list of from=to'],
    ['SLIPWAY_FRONTEND_IMAGES', 'node-20=https://registry.example/node', 'is no image'],
    ['SLIPWAY_FRONTEND_IMAGES', 'node-20=registry.example/node@sha256:abc', 'is no image'],
    ['SLIPWAY_NPM_REGISTRY', 'npm.example', 'must be an http or https URL'],
    ['SLIPWAY_NPM_REGISTRY', 'file:///srv/npm', 'must be an http or https URL'],
    ['SLIPWAY_NPM_REGISTRY', 'https://robot:secret@npm.example', 'must not hold a user or password'],
  ])('refuse %s=%s', (name, value, message) => {
    const load = () => loadConfig({ ...catalog, [name]: value });

    expect(load).toThrow(name);
    expect(load).toThrow(message);
    expect(load).not.toThrow('robot');
  });
});
