import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../src/failures.ts';
import type { BuildRequest } from '../../../../src/planes/build-plane.ts';
import {
  type BuildpacksPlan,
  choosePhases,
  type PhaseSurroundings,
} from '../../../../src/planes/buildpacks/choose-phases.ts';
import { usualRequest } from '../../../support/job-parts.ts';

const plan: BuildpacksPlan = {
  kind: 'buildpacks',
  app: '.',
  builderImage: 'r.example/builder:1',
  env: [],
  files: null,
  group: [],
};

const apis = (supported: readonly string[]) => ({ platform: { supported } });
const builder = (changes: object = {}) => ({
  config: {
    Env: ['CNB_USER_ID=1001', 'CNB_GROUP_ID=1002'],
    Labels: {
      'io.buildpacks.builder.metadata': JSON.stringify({
        images: [{ image: 'r.example/run:1' }],
        buildpacks: [{ id: 'example/a', version: '1.0.0' }],
        lifecycle: { apis: apis(['0.12', '0.13']) },
        ...changes,
      }),
    },
  },
});
const lifecycle = {
  config: { Labels: { 'io.buildpacks.lifecycle.apis': JSON.stringify(apis(['0.12', '0.13', '0.14'])) } },
};

const digest = `sha256:${'a'.repeat(64)}`;
const nameOf = (reference: string) => reference.replace(/:[^:/]+$/, '');

/** Chooses where these images are, by the references that find them. */
const choose = (
  images: Readonly<Record<string, unknown>>,
  surroundings: Partial<PhaseSurroundings> = {},
  request: Partial<BuildRequest> = {},
  changes: Partial<BuildpacksPlan> = {},
) =>
  choosePhases(
    { ...usualRequest, ...request },
    { ...plan, ...changes },
    {
      lifecycleImage: 'r.example/lifecycle:1',
      readImage: async (reference) => {
        if (reference.startsWith('broken.example')) throw new Failure('Unavailable', 'no answer');
        const config = images[reference];
        return config === undefined ? undefined : { reference: `${nameOf(reference)}@${digest}`, config };
      },
      registryHttpHosts: [],
      registryMirrors: {},
      addresses: new Map(),
      report: '/report',
      ...surroundings,
    },
    new AbortController().signal,
  );

const usual = { 'r.example/builder:1': builder(), 'r.example/lifecycle:1': lifecycle };

describe('choosePhases', () => {
  it('takes both images by digest, and what the builder says of itself', async () => {
    expect(await choose(usual)).toEqual({
      builderImage: `r.example/builder@${digest}`,
      lifecycleImage: `r.example/lifecycle@${digest}`,
      settings: {
        api: '0.13',
        image: 'registry.example/shop/api:slipway-buildpacks',
        runImage: 'r.example/run:1',
        cacheImage: undefined,
        usesCache: false,
        userId: 1001,
        groupId: 1002,
        order: undefined,
        report: '/report',
        plainHttpRegistries: [],
      },
    });
  });

  it("keeps layers in the component's cache image", async () => {
    const layerCache = { name: 'slipway-cache', read: true, write: true };
    expect((await choose(usual, {}, { layerCache })).settings).toMatchObject({
      cacheImage: 'registry.example/shop/api:slipway-cache',
      usesCache: true,
    });
  });

  it('names registries as builds reach them, and those without TLS', async () => {
    const addresses = new Map([
      ['r.example', '10.0.0.1:1'],
      ['registry.example', '10.0.0.1:2'],
    ]);
    const registryHttpHosts = ['r.example', 'registry.example', 'other.example'];
    expect(await choose(usual, { addresses, registryHttpHosts })).toMatchObject({
      builderImage: `10.0.0.1:1/builder@${digest}`,
      lifecycleImage: `10.0.0.1:1/lifecycle@${digest}`,
      settings: {
        image: '10.0.0.1:2/shop/api:slipway-buildpacks',
        runImage: '10.0.0.1:1/run:1',
        plainHttpRegistries: ['10.0.0.1:2', '10.0.0.1:1'],
      },
    });
  });

  it('takes from a mirror what it has, also the run image by its tag', async () => {
    const registryMirrors = { 'r.example': ['broken.example', 'm.example/r'] };
    const mirrored = { ...usual, 'm.example/r/builder:1': builder(), 'm.example/r/run:1': {} };
    expect(await choose(mirrored, { registryMirrors })).toMatchObject({
      builderImage: `m.example/r/builder@${digest}`,
      lifecycleImage: `r.example/lifecycle@${digest}`,
      settings: { runImage: 'm.example/r/run:1' },
    });
  });

  it('follows the buildpacks that project.toml names', async () => {
    const { settings } = await choose(usual, {}, {}, { group: [{ id: 'example/a' }] });
    expect(settings.order).toContain('version = "1.0.0"');
    await expect(choose(usual, {}, {}, { group: [{ id: 'example/b' }] })).rejects.toThrow(/example\/b/);
  });

  it.each([
    [
      'no builder image',
      { 'r.example/lifecycle:1': lifecycle },
      /no image r\.example\/builder:1\. Check .*builder-image/,
    ],
    ['no lifecycle image', { 'r.example/builder:1': builder() }, /Check the setting SLIPWAY_LIFECYCLE_IMAGE/],
    ['no run image', { ...usual, 'r.example/builder:1': builder({ images: [] }) }, /names no run image/],
    ['an image that is no builder', { ...usual, 'r.example/builder:1': { config: {} } }, /has no label/],
  ])('refuses %s', async (_, images, message) => {
    await expect(choose(images)).rejects.toThrow(message);
  });
});
