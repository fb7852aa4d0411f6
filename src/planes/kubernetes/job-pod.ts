import type {
  V1Container,
  V1KeyToPath,
  V1PodSpec,
  V1SecurityContext,
  V1Toleration,
  V1Volume,
} from '@kubernetes/client-node';
import type { BuildProfile, JobParts } from './job-manifest.ts';
import { podPaths, requestVariable } from './pod-paths.ts';
import type { StepName } from './run-steps.ts';

/** A container of a build: which steps it does, and the one credential that it may hold. */
interface BuildContainer {
  readonly name: StepName;
  readonly steps: readonly StepName[];
  readonly credential?: 'source' | 'registry';
}

const user = 1000;
/** Where the image has the step programs. */
const program = '/opt/slipway/job-step.js';
/** A build on a node that is gone is given up after this; Kubernetes' own default is five minutes. */
const lostNodeSeconds = 60;

/** The pod of a build: one container for each credential, a volume that they share, and no right that none of them needs. */
export function jobPod(parts: JobParts): V1PodSpec {
  const { request, settings } = parts;
  const { job } = request;
  const containers = buildContainers(parts).map((container) => podContainer(container, parts));
  return {
    restartPolicy: 'Never',
    // The pod's and not the Job's: waiting for quota or a node does not count.
    activeDeadlineSeconds: request.timeoutSeconds,
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(settings.userNamespaces && { hostUsers: false }),
    ...(job.serviceAccount !== null && { serviceAccountName: job.serviceAccount }),
    ...(job.imagePullSecrets.length > 0 && { imagePullSecrets: job.imagePullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(job.nodeSelector).length > 0 && { nodeSelector: { ...job.nodeSelector } }),
    tolerations: [...job.tolerations.map((toleration): V1Toleration => ({ ...toleration })), ...lostNode],
    securityContext: { fsGroup: user, fsGroupChangePolicy: 'OnRootMismatch' },
    initContainers: containers.slice(0, -1),
    containers: containers.slice(-1),
    volumes: volumes(parts),
  };
}

const lostNode = ['not-ready', 'unreachable'].map(
  (state): V1Toleration => ({
    key: `node.kubernetes.io/${state}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: lostNodeSeconds,
  }),
);

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
    // The kubelet reads $(X) and $$ in values.
    env: [{ name: requestVariable, value: JSON.stringify(step).replaceAll('$', '$$$$') }],
    resources: { requests: resources, limits: resources },
    securityContext: name === 'build' ? buildRights[settings.profile] : noRights,
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

const noRights: V1SecurityContext = {
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

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

/** Keys of the Job's Secret. */
export const secretKeys = {
  sourceAuthorization: 'source',
  registryAuth: 'registry',
  authorities: 'authorities',
} as const;

function volumes({ request, secretName, has }: JobParts): V1Volume[] {
  const scratch = (name: string): V1Volume => ({ name, emptyDir: { sizeLimit: request.job.storage } });
  const secret = (name: string, items: V1KeyToPath[]): V1Volume => ({
    name,
    secret: { secretName, items, defaultMode: 0o440 },
  });
  return [
    scratch('work'),
    scratch('tmp'),
    ...(has.sourceAuthorization
      ? [secret('source', [item(secretKeys.sourceAuthorization, credentialFiles.source)])]
      : []),
    ...(has.registryAuth ? [secret('registry', [item(secretKeys.registryAuth, credentialFiles.registry)])] : []),
    ...(has.authorities ? [secret('authorities', [item(secretKeys.authorities, podPaths.authorities)])] : []),
  ];
}

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));
const item = (key: string, file: string): V1KeyToPath => ({ key, path: file.slice(file.lastIndexOf('/') + 1) });
