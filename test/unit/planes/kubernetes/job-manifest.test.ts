import { describe, expect, it } from 'vitest';
import { jobManifest } from '../../../../src/planes/kubernetes/job-manifest.ts';
import { jobName } from '../../../../src/planes/kubernetes/job-names.ts';
import { jobParts, usualPhases, usualRequest } from '../../../support/job-parts.ts';

const all = { sourceAuthorization: true, registryAuth: true, authorities: true };

const podOf = (changes: Parameters<typeof jobParts>[0] = {}) => {
  const pod = jobManifest(jobParts(changes)).spec?.template.spec;
  if (pod === undefined) throw new Error('no pod');
  return { ...pod, all: [...(pod.initContainers ?? []), ...pod.containers] };
};

describe('jobManifest', () => {
  it('makes the whole Job of a private source with a registry that wants a credential', async () => {
    const text = JSON.stringify(jobManifest(jobParts({ has: all })), null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot('../../../fixtures/jobs/buildkit.private.json');
  });

  it('makes the whole Job of a public source with Buildah in a user namespace', async () => {
    const settings = { ...jobParts().settings, profile: 'buildah', userNamespaces: true } as const;
    const text = JSON.stringify(jobManifest(jobParts({ settings })), null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot('../../../fixtures/jobs/buildah.public.json');
  });

  it('makes the whole Job of a build by buildpacks from a private source', async () => {
    const env = [{ name: 'GREETING', value: 'two words' }];
    const plan = { kind: 'buildpacks', app: '.', builderImage: 'builder:1', env, files: null, group: [] } as const;
    const request = { ...usualRequest, plan };
    const text = JSON.stringify(jobManifest(jobParts({ request, phases: usualPhases, has: all })), null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot('../../../fixtures/jobs/buildpacks.private.json');
  });

  it('gives each credential to the one container that needs it, and none to the build', () => {
    const secretsOf = Object.fromEntries(
      podOf({ has: all }).all.map(({ name, volumeMounts }) => [
        name,
        (volumeMounts ?? []).map((mount) => mount.name).filter((mount) => mount === 'source' || mount === 'registry'),
      ]),
    );
    expect(secretsOf).toEqual({ clone: ['source'], build: [], push: ['registry'] });
  });

  it('clones where it builds when there is no token to keep from the build', () => {
    expect(podOf().all.map(({ command }) => command?.slice(2))).toEqual([['clone', 'build'], ['push']]);
  });

  it('fetches the stored layers where it builds, and apart from the build when that wants a credential', () => {
    const layerCache = { name: 'slipway-cache-1', read: true, write: false };
    const steps = { ...jobParts().steps, layerCache };
    const stepsWith = (has: typeof all) => podOf({ steps, has }).all.map(({ command }) => command?.slice(2));

    expect(stepsWith({ ...all, registryAuth: false })).toEqual([['clone'], ['restore', 'build'], ['push']]);
    expect(stepsWith(all)).toEqual([['clone'], ['restore'], ['build'], ['push']]);
    expect(podOf({ steps, has: all }).all[1]?.volumeMounts?.map(({ name }) => name)).toContain('registry');
  });

  it('doubles each $ of the request, as the kubelet reads them', () => {
    const steps = {
      ...jobParts().steps,
      source: { ...jobParts().steps.source, repository: 'https://h.example/$(X)$$' },
    };
    const [value] = podOf({ steps }).all.map(({ env }) => env?.[0]?.value);
    expect(value).toContain('https://h.example/$$(X)$$$$');
    expect(JSON.parse((value ?? '').replaceAll('$$', '$'))).toEqual(steps);
  });

  it('takes from the run what its Job may use and where it may run', () => {
    const job = {
      ...usualRequest.job,
      serviceAccount: 'workflow-sa',
      cpu: '500m',
      memory: '1Gi',
      storage: '5Gi',
      nodeSelector: { pool: 'builds' },
      tolerations: [{ key: 'builds', operator: 'Exists' as const }],
      imagePullSecrets: ['mirror'],
    };
    const pod = podOf({ request: { ...usualRequest, job } });
    expect(pod).toMatchObject({
      serviceAccountName: 'workflow-sa',
      nodeSelector: { pool: 'builds' },
      imagePullSecrets: [{ name: 'mirror' }],
    });
    expect(pod.tolerations?.[0]).toEqual({ key: 'builds', operator: 'Exists' });
    for (const { resources } of pod.all) {
      expect(resources?.limits).toEqual({ cpu: '500m', memory: '1Gi', 'ephemeral-storage': '5Gi' });
      expect(resources?.requests).toEqual(resources?.limits);
    }
    expect(pod.volumes?.filter(({ emptyDir }) => emptyDir).map(({ emptyDir }) => emptyDir?.sizeLimit)).toEqual([
      '5Gi',
      '5Gi',
    ]);
  });

  it('lets only the build of BuildKit gain privileges, and no container have those it does not need', () => {
    const rights = (profile: 'buildkit' | 'buildah') =>
      podOf({ settings: { ...jobParts().settings, profile }, has: all }).all.map(({ name, securityContext }) => [
        name,
        securityContext?.allowPrivilegeEscalation,
        securityContext?.capabilities?.add,
        securityContext?.runAsUser,
      ]);
    expect(rights('buildkit')).toEqual([
      ['clone', false, undefined, 1000],
      ['build', true, ['SETUID', 'SETGID'], 1000],
      ['push', false, undefined, 1000],
    ]);
    expect(rights('buildah')[1]).toEqual(['build', false, ['SETUID', 'SETGID', 'SETFCAP'], 0]);
  });

  it('cuts names that are too long for labels, without an end that labels may not have', () => {
    const owner = { ...usualRequest.owner, run: `${'r'.repeat(62)}.-tail` };
    const { metadata } = jobManifest(jobParts({ request: { ...usualRequest, owner } }));
    expect(metadata?.labels?.['workflows.argoproj.io/workflow']).toBe('r'.repeat(62));
  });
});

describe('jobName', () => {
  it('is another one for another build, and always the same for the same', () => {
    const { id } = usualRequest;
    expect(jobName(id)).toMatch(/^slipway-[0-9a-f]{20}$/);
    expect(jobName({ ...id })).toBe(jobName(id));
    expect(jobName({ ...id, ordinal: 2 })).not.toBe(jobName(id));
  });
});
