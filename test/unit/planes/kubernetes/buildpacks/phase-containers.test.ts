import { describe, expect, it } from 'vitest';
import type { ChosenPhases } from '../../../../../src/planes/buildpacks/choose-phases.ts';
import { phaseContainers } from '../../../../../src/planes/kubernetes/buildpacks/phase-containers.ts';
import type { JobParts } from '../../../../../src/planes/kubernetes/job-manifest.ts';
import { jobParts, usualPhases, usualRequest } from '../../../../support/job-parts.ts';

const settings = {
  ...usualPhases.settings,
  runImage: 'h.example/run:$(X)$$',
  plainHttpRegistries: ['10.0.0.1:5000'],
};
const chosen: ChosenPhases = { ...usualPhases, settings };
const all = { sourceAuthorization: true, registryAuth: true, authorities: true };
const none = { sourceAuthorization: false, registryAuth: false, authorities: false };
const env = [{ name: 'A', value: '1' }];
const plan = {
  kind: 'buildpacks',
  app: '.',
  builderImage: 'h.example/builder:1',
  env,
  files: null,
  group: [],
} as const;
const parts = jobParts({ request: { ...usualRequest, plan }, has: all });

const contentOf = (changes: Partial<JobParts> = {}, settings: Partial<ChosenPhases['settings']> = {}) =>
  phaseContainers({ ...parts, ...changes }, { ...chosen, settings: { ...chosen.settings, ...settings } });
const containersOf = (...changes: Parameters<typeof contentOf>) => contentOf(...changes).containers;

/** Names of the phases for which something holds. */
const phasesWhere = (holds: (container: ReturnType<typeof containersOf>[number]) => boolean): readonly string[] =>
  containersOf()
    .filter(holds)
    .map(({ name }) => name);

const mountsOf = (name: string) => containersOf().find((one) => one.name === name)?.volumeMounts ?? [];

describe('phaseContainers', () => {
  it('gives the registry credential to our lifecycle image alone', () => {
    const trusted = ['analyze', 'restore', 'export'];
    expect(phasesWhere(({ image }) => image === chosen.lifecycleImage)).toEqual(trusted);
    expect(phasesWhere(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === 'registry') ?? false)).toEqual(
      trusted,
    );
    expect(phasesWhere(({ env }) => env?.some(({ name }) => name === 'DOCKER_CONFIG') ?? false)).toEqual(trusted);
  });

  it("clones in our image, as the builder's user, with the source's credential alone", () => {
    const [clone] = containersOf();
    expect(clone).toMatchObject({ name: 'clone', image: parts.settings.image, securityContext: { runAsUser: 1001 } });
    expect(clone?.command?.slice(2)).toEqual(['clone', 'application']);
    const mounted = mountsOf('clone').map(({ name }) => name);
    expect(mounted).toEqual(['work', 'workspace', 'tmp', 'passwd', 'source', 'authorities']);
    expect(
      containersOf()
        .flatMap(({ volumeMounts }) => volumeMounts ?? [])
        .filter(({ name }) => name === 'work'),
    ).toHaveLength(1);
  });

  it("gives the build's variables to the user's code alone", () => {
    expect(phasesWhere(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === 'variables') ?? false)).toEqual([
      'detect',
      'build',
    ]);
  });

  it('lets no user code write which run image counts, nor the build which buildpacks do', () => {
    const mayWrite = (name: string) => mountsOf(name).flatMap((mount) => (mount.readOnly ? [] : [mount.name]));
    expect(mayWrite('detect')).toEqual(['control', 'tmp', 'workspace', 'tmp']);
    expect(mayWrite('build')).toEqual(['layers', 'workspace', 'tmp']);
    expect(mayWrite('export')).toEqual(['layers', 'tmp']);
  });

  it('shares no folder for temporary files between phases', () => {
    const folders = containersOf().flatMap(({ volumeMounts }) =>
      (volumeMounts ?? []).filter(({ name }) => name === 'tmp').map(({ subPath }) => subPath),
    );
    expect(folders).toEqual(['clone', 'analyze', 'detect-layers', 'detect', 'restore', 'build', 'export']);
  });

  it("runs all as the builder's user without any right", () => {
    const rights = containersOf().map(({ securityContext }) => securityContext);
    expect(new Set(rights.map((right) => JSON.stringify(right))).size).toBe(1);
    expect(rights[0]).toEqual({
      runAsNonRoot: true,
      runAsUser: 1001,
      runAsGroup: 1002,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('doubles each $ that the kubelet would read', () => {
    expect(containersOf()[1]?.command).toContain('-run-image=h.example/run:$$(X)$$$$');
  });

  it('mounts what there is, each by a volume', () => {
    for (const [has, order] of [
      [all, undefined],
      [none, '[[order]]'],
    ] as const) {
      const { containers, volumes } = contentOf({ has }, { order });
      const mounted = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts?.map(({ name }) => name) ?? []));
      expect(mounted).toEqual(new Set(volumes.map(({ name }) => name)));
    }
    expect(containersOf({ has: none })[1]?.env).toEqual([
      { name: 'CNB_PLATFORM_API', value: '0.13' },
      { name: 'CNB_INSECURE_REGISTRIES', value: '10.0.0.1:5000' },
    ]);
  });

  it('has four phases where nothing is kept between builds, or what is kept is made anew', () => {
    const four = ['clone', 'analyze', 'detect', 'build', 'export'];
    expect(containersOf({}, { cacheImage: undefined }).map(({ name }) => name)).toEqual(four);
    expect(containersOf({}, { usesCache: false }).map(({ name }) => name)).toEqual(four);
  });

  it('hands an order of its own to detect', () => {
    const { containers, annotations } = contentOf({}, { order: '[[order]]' });
    expect(annotations).toMatchObject({ 'files.slipway.dev/order.toml': '[[order]]' });
    expect(containers.filter(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === 'order'))).toMatchObject([
      { name: 'detect', command: expect.arrayContaining(['-order=/order/order.toml']) },
    ]);
  });

  it("says with which codes the user's build has failed for good", () => {
    expect(contentOf().finalCodes).toEqual({ clone: [30, 31], detect: [11, 12, 20, 21], build: [11, 12, 51] });
  });
});
