import { describe, expect, it } from 'vitest';
import { type PhaseParts, phaseContainers } from '../../../../../src/planes/kubernetes/buildpacks/phase-containers.ts';

const parts: PhaseParts = {
  settings: {
    api: '0.13',
    image: 'h.example/shop/api:v1',
    runImage: 'h.example/run:$(X)$$',
    cacheImage: 'h.example/cache:shop-api',
    userId: 1001,
    groupId: 1002,
    order: undefined,
    report: '/dev/termination-log',
    plainHttpRegistries: ['10.0.0.1:5000'],
  },
  builderImage: 'h.example/builder@sha256:b',
  lifecycleImage: 'h.example/lifecycle@sha256:l',
  variables: [{ name: 'A', value: '1' }],
  resources: { cpu: '1', memory: '2Gi', storage: '10Gi' },
  secretName: 'slipway-secret-1',
  has: { registryAuth: true, authorities: true },
};

const containersOf = (changes: Partial<PhaseParts> = {}) => phaseContainers({ ...parts, ...changes }).containers;

/** Names of the phases for which something holds. */
const phasesWhere = (holds: (container: ReturnType<typeof containersOf>[number]) => boolean): readonly string[] =>
  containersOf()
    .filter(holds)
    .map(({ name }) => name);

const mountsOf = (name: string) => containersOf().find((one) => one.name === name)?.volumeMounts ?? [];

describe('phaseContainers', () => {
  it('gives the registry credential to our lifecycle image alone', () => {
    const trusted = ['analyze', 'restore', 'export'];
    expect(phasesWhere(({ image }) => image === parts.lifecycleImage)).toEqual(trusted);
    expect(phasesWhere(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === 'registry') ?? false)).toEqual(
      trusted,
    );
    expect(phasesWhere(({ env }) => env?.some(({ name }) => name === 'DOCKER_CONFIG') ?? false)).toEqual(trusted);
  });

  it("gives the build's variables to the user's code alone", () => {
    expect(phasesWhere(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === 'variables') ?? false)).toEqual([
      'detect',
      'build',
    ]);
  });

  it('lets no user code write which run image counts, nor the build which buildpacks do', () => {
    const mayWrite = (name: string) => mountsOf(name).flatMap((mount) => (mount.readOnly ? [] : [mount.name]));
    expect(mayWrite('detect')).toEqual(['control', 'layers', 'workspace', 'tmp']);
    expect(mayWrite('build')).toEqual(['layers', 'workspace', 'tmp']);
    expect(mayWrite('export')).toEqual(['layers', 'tmp']);
  });

  it('shares no folder for temporary files between phases', () => {
    const folders = containersOf().map(({ volumeMounts }) => volumeMounts?.find(({ name }) => name === 'tmp')?.subPath);
    expect(folders).toEqual(['analyze', 'detect', 'restore', 'build', 'export']);
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
    expect(containersOf()[0]?.command).toContain('-run-image=h.example/run:$$(X)$$$$');
  });

  it('mounts what there is, each by a volume', () => {
    for (const has of [parts.has, { registryAuth: false, authorities: false }]) {
      const { containers, volumes } = phaseContainers({ ...parts, has });
      const mounted = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts?.map(({ name }) => name) ?? []));
      expect(mounted).toEqual(new Set(volumes.map(({ name }) => name)));
    }
    expect(containersOf({ has: { registryAuth: false, authorities: false } })[0]?.env).toEqual([
      { name: 'CNB_PLATFORM_API', value: '0.13' },
      { name: 'CNB_INSECURE_REGISTRIES', value: '10.0.0.1:5000' },
    ]);
  });

  it('has four containers where nothing is kept between builds', () => {
    const settings = { ...parts.settings, cacheImage: undefined };
    expect(containersOf({ settings }).map(({ name }) => name)).toEqual(['analyze', 'detect', 'build', 'export']);
  });
});
