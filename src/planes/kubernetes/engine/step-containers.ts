import type { V1Container, V1SecurityContext, V1Volume } from '@kubernetes/client-node';
import { exitCodes } from '../../../builds/exit-codes.ts';
import type { BuildProfile, JobParts } from '../job-manifest.ts';
import {
  escaped,
  folderOf,
  noRights,
  type PodContent,
  scratchVolume,
  secretKeys,
  secretVolume,
} from '../pod-content.ts';
import { podPaths, program, requestVariable } from '../pod-paths.ts';
import type { StepName } from '../run-steps.ts';

/** A container of a build: which steps it does, and the one credential that it may hold. */
interface BuildContainer {
  readonly name: StepName;
  readonly steps: readonly StepName[];
  readonly credential?: 'source' | 'registry';
}

const user = 1000;
const { clone, build, push } = exitCodes;

/** The pod of a build by an engine: one container for each credential, a volume that they share, and no right that none of them needs. */
export function stepContainers(parts: JobParts): PodContent {
  return {
    containers: buildContainers(parts).map((container) => podContainer(container, parts)),
    volumes: volumes(parts),
    group: user,
    annotations: {},
    finalCodes: {
      clone: [clone.notFound, clone.denied],
      build: [build.failed, build.noDockerfile, clone.notFound, clone.denied],
      push: [push.unauthenticated, push.denied],
    },
  };
}

/** Each further container costs a second, so what needs no credential of its own is done where the build is. */
function buildContainers({ has, steps }: JobParts): readonly BuildContainer[] {
  const clone = { name: 'clone', steps: ['clone'], credential: 'source' } as const;
  const restore = { name: 'restore', steps: ['restore'], credential: 'registry' } as const;
  const push = { name: 'push', steps: ['push'], credential: 'registry' } as const;
  const apart = [
    ...(has.sourceAuthorization ? [clone] : []),
    ...(steps.layerCache?.read && has.registryAuth ? [restore] : []),
  ];
  const together = [
    ...(has.sourceAuthorization ? [] : clone.steps),
    ...(steps.layerCache?.read && !has.registryAuth ? restore.steps : []),
  ];
  return [...apart, { name: 'build', steps: [...together, 'build'] }, push];
}

function podContainer(
  { name, steps, credential }: BuildContainer,
  { request, steps: step, settings, has }: JobParts,
): V1Container {
  const { cpu, memory, storage } = request.job;
  const resources = { cpu, memory, 'ephemeral-storage': storage };
  const hasCredential = { source: has.sourceAuthorization, registry: has.registryAuth };
  return {
    name,
    image: settings.image,
    command: ['node', program, ...steps],
    env: [{ name: requestVariable, value: escaped(JSON.stringify(step)) }],
    resources: { requests: resources, limits: resources },
    securityContext: name === 'build' ? buildRights[settings.profile] : noRights(user, user),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'work', mountPath: podPaths.work },
      { name: 'tmp', mountPath: '/tmp' },
      ...(credential !== undefined && hasCredential[credential]
        ? [{ name: credential, mountPath: folderOf(credentialFiles[credential]), readOnly: true }]
        : []),
      ...(has.authorities ? [{ name: 'authorities', mountPath: folderOf(podPaths.authorities), readOnly: true }] : []),
    ],
  };
}

/**
 * The least with which each engine makes its user namespace: newuidmap gains its capabilities by its file, which counts as
 * escalation. Without a seccomp profile, because the runtime's own forbids user namespaces, and naming none is refused by Pod
 * Security `baseline`.
 */
const buildRights: Readonly<Record<BuildProfile, V1SecurityContext>> = {
  buildkit: {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    allowPrivilegeEscalation: true,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['SETUID', 'SETGID'] },
  },
  buildah: {
    runAsUser: 0,
    runAsGroup: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['SETUID', 'SETGID', 'SETFCAP'] },
  },
};

const credentialFiles = { source: podPaths.sourceAuthorization, registry: podPaths.registryCredential } as const;

function volumes({ request, secretName, has }: JobParts): V1Volume[] {
  const { storage } = request.job;
  return [
    scratchVolume('work', storage),
    scratchVolume('tmp', storage),
    ...(has.sourceAuthorization
      ? [secretVolume('source', secretName, secretKeys.sourceAuthorization, credentialFiles.source)]
      : []),
    ...(has.registryAuth
      ? [secretVolume('registry', secretName, secretKeys.registryAuth, credentialFiles.registry)]
      : []),
    ...(has.authorities ? [secretVolume('authorities', secretName, secretKeys.authorities, podPaths.authorities)] : []),
  ];
}
