import type { V1Container, V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import {
  type Phase,
  type PhaseSettings,
  phaseCommand,
  phaseEnvironment,
  phasePaths,
  phasesOf,
  userPhases,
} from '../../../builds/buildpacks/phases.ts';
import { secretKeys } from '../job-pod.ts';
import { podPaths } from '../pod-paths.ts';
import { type BuildVariable, variablesVolume } from './variables.ts';

/** What the containers of a build by buildpacks are made of. */
export interface PhaseParts {
  readonly settings: PhaseSettings;
  /** By digest. Chosen by the user, so it gets no credential. */
  readonly builderImage: string;
  /** By digest: `SLIPWAY_LIFECYCLE_IMAGE`. */
  readonly lifecycleImage: string;
  readonly variables: readonly BuildVariable[];
  /** Of each container. */
  readonly resources: { readonly cpu: string; readonly memory: string; readonly storage: string };
  readonly secretName: string;
  readonly has: { readonly registryAuth: boolean; readonly authorities: boolean };
}

/** The containers of the phases, in their order, and their volumes; `workspace` holds the application before the first begins. A namespace with Pod Security `restricted` takes them. */
export function phaseContainers(parts: PhaseParts): {
  readonly containers: V1Container[];
  readonly volumes: V1Volume[];
} {
  return {
    containers: phasesOf(parts.settings).map((phase) => phaseContainer(phase, parts)),
    volumes: phaseVolumes(parts),
  };
}

function phaseContainer(phase: Phase, parts: PhaseParts): V1Container {
  const { settings, resources } = parts;
  const isUsers = userPhases.includes(phase);
  const amounts = { cpu: resources.cpu, memory: resources.memory, 'ephemeral-storage': resources.storage };
  return {
    name: phase,
    image: isUsers ? parts.builderImage : parts.lifecycleImage,
    // The run image's name is the builder image's word.
    command: phaseCommand(phase, settings).map(escaped),
    env: environment(phase, parts),
    resources: { requests: amounts, limits: amounts },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: settings.userId,
      runAsGroup: settings.groupId,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      ...mounts[phase],
      { name: 'tmp', mountPath: '/tmp', subPath: phase },
      ...(isUsers ? [readOnly('variables', `${phasePaths.platform}/env`)] : credentialMounts(parts)),
    ],
  };
}

const volume = (name: string, mountPath: string): V1VolumeMount => ({ name, mountPath });
const readOnly = (name: string, mountPath: string): V1VolumeMount => ({ name, mountPath, readOnly: true });
const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

const analyzed = folderOf(phasePaths.analyzed);
const control = folderOf(phasePaths.group);
const { workspace, layers } = phasePaths;

/** Which run image counts, and which buildpacks, cannot be written while the user's code runs. */
const mounts: Readonly<Record<Phase, readonly V1VolumeMount[]>> = {
  analyze: [volume('analyzed', analyzed), volume('layers', layers)],
  detect: [
    readOnly('analyzed', analyzed),
    volume('control', control),
    volume('layers', layers),
    volume('workspace', workspace),
  ],
  restore: [volume('analyzed', analyzed), readOnly('control', control), volume('layers', layers)],
  build: [
    readOnly('analyzed', analyzed),
    readOnly('control', control),
    volume('layers', layers),
    volume('workspace', workspace),
  ],
  export: [
    readOnly('analyzed', analyzed),
    readOnly('control', control),
    volume('layers', layers),
    readOnly('workspace', workspace),
  ],
};

function environment(phase: Phase, { settings, has }: PhaseParts): V1EnvVar[] {
  const talks = !userPhases.includes(phase);
  const variables = {
    ...phaseEnvironment(phase, settings),
    ...(talks && has.registryAuth && { DOCKER_CONFIG: folderOf(podPaths.registryCredential) }),
    ...(talks && has.authorities && { SSL_CERT_DIR: folderOf(podPaths.authorities) }),
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value: escaped(value) }));
}

function credentialMounts({ has }: PhaseParts): readonly V1VolumeMount[] {
  return [
    ...(has.registryAuth ? [readOnly('registry', folderOf(podPaths.registryCredential))] : []),
    ...(has.authorities ? [readOnly('authorities', folderOf(podPaths.authorities))] : []),
  ];
}

function phaseVolumes({ resources, secretName, variables, has }: PhaseParts): V1Volume[] {
  const scratch = (name: string): V1Volume => ({ name, emptyDir: { sizeLimit: resources.storage } });
  const secret = (name: string, key: string, file: string): V1Volume => ({
    name,
    secret: { secretName, items: [{ key, path: file.slice(folderOf(file).length + 1) }], defaultMode: 0o440 },
  });
  return [
    ...['workspace', 'layers', 'analyzed', 'control', 'tmp'].map(scratch),
    variablesVolume('variables', variables, secretName),
    ...(has.registryAuth ? [secret('registry', secretKeys.registryAuth, podPaths.registryCredential)] : []),
    ...(has.authorities ? [secret('authorities', secretKeys.authorities, podPaths.authorities)] : []),
  ];
}

/** The kubelet reads $(X) and $$ in commands and values. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$');
