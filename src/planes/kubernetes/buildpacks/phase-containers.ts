import type { V1Container, V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { finalPhaseCodes } from '../../../builds/buildpacks/explain-phase.ts';
import {
  type Phase,
  type PhaseMount,
  phaseCommand,
  phaseEnvironment,
  phaseMounts,
  phasePaths,
  phasesOf,
  userPhases,
} from '../../../builds/buildpacks/phases.ts';
import { exitCodes } from '../../../builds/exit-codes.ts';
import type { ChosenPhases } from '../../buildpacks/choose-phases.ts';
import type { JobParts } from '../job-manifest.ts';
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
import { fileAnnotation, fileVolume, variableAnnotations, variablesOf, variablesVolume } from './variables.ts';

/**
 * The pod of a build by buildpacks: our clone, then each phase in a container of its own. The builder image is the user's choice, so
 * the phases with credentials run in our lifecycle image. A namespace with Pod Security `restricted` takes it.
 */
export function phaseContainers(parts: JobParts, chosen: ChosenPhases): PodContent {
  const { settings } = chosen;
  const { clone } = exitCodes;
  return {
    containers: [
      cloneContainer(parts, chosen),
      ...phasesOf(settings).map((phase) => phaseContainer(phase, parts, chosen)),
    ],
    volumes: volumes(parts, chosen),
    group: settings.groupId,
    annotations: {
      ...variableAnnotations(variablesOf(parts.request)),
      // ssh wants its user to have a name.
      ...fileAnnotation('passwd', `build:x:${settings.userId}:${settings.groupId}::/tmp:/bin/sh\n`),
      ...(settings.order !== undefined && fileAnnotation(orderFile, settings.order)),
    },
    finalCodes: { ...finalPhaseCodes, clone: [clone.notFound, clone.denied] },
  };
}

/** Lays out the application as the builder's user, who is to write there. */
function cloneContainer(parts: JobParts, { settings }: ChosenPhases): V1Container {
  const steps: readonly StepName[] = ['clone', 'application'];
  return {
    name: 'clone',
    image: parts.settings.image,
    command: ['node', program, ...steps],
    env: [{ name: requestVariable, value: escaped(JSON.stringify(parts.steps)) }],
    ...frame(parts, settings.userId, settings.groupId),
    volumeMounts: [
      volume('work', podPaths.work),
      volume('workspace', phasePaths.workspace),
      { ...volume('tmp', '/tmp'), subPath: 'clone' },
      { ...readOnly('passwd', '/etc/passwd'), subPath: 'passwd' },
      ...(parts.has.sourceAuthorization ? [readOnly('source', folderOf(podPaths.sourceAuthorization))] : []),
      ...authorityMounts(parts),
    ],
  };
}

function phaseContainer(
  phase: Phase,
  parts: JobParts,
  { settings, builderImage, lifecycleImage }: ChosenPhases,
): V1Container {
  const isUsers = userPhases.includes(phase);
  return {
    name: phase,
    image: isUsers ? builderImage : lifecycleImage,
    // The run image's name is the builder image's word.
    command: phaseCommand(phase, settings).map(escaped),
    env: environment(phase, parts, settings),
    ...frame(parts, settings.userId, settings.groupId),
    volumeMounts: [
      ...phaseMounts[phase].map(mountOf),
      { ...volume('tmp', '/tmp'), subPath: phase },
      ...(isUsers ? [readOnly('variables', `${phasePaths.platform}/env`)] : credentialMounts(parts)),
      ...(phase === 'detect' && settings.order !== undefined ? [readOnly('order', folderOf(phasePaths.order))] : []),
    ],
  };
}

/** What all containers have alike. */
function frame({ request }: JobParts, user: number, group: number) {
  const { cpu, memory, storage } = request.job;
  const amounts = { cpu, memory, 'ephemeral-storage': storage };
  return {
    resources: { requests: amounts, limits: amounts },
    securityContext: noRights(user, group),
    terminationMessagePolicy: 'FallbackToLogsOnError',
  } as const;
}

const orderFile = 'order.toml';

const volume = (name: string, mountPath: string): V1VolumeMount => ({ name, mountPath });
const readOnly = (name: string, mountPath: string): V1VolumeMount => ({ name, mountPath, readOnly: true });

/** On layers of its own detect leaves nothing, so they need no volume of their own. */
function mountOf({ volume: name, path, readOnly: isReadOnly }: PhaseMount): V1VolumeMount {
  const mount = name === 'detectLayers' ? { ...volume('tmp', path), subPath: 'detect-layers' } : volume(name, path);
  return isReadOnly ? { ...mount, readOnly: true } : mount;
}

function environment(phase: Phase, { has }: JobParts, settings: ChosenPhases['settings']): V1EnvVar[] {
  const talks = !userPhases.includes(phase);
  const variables = {
    ...phaseEnvironment(phase, settings),
    ...(talks && has.registryAuth && { DOCKER_CONFIG: folderOf(podPaths.registryCredential) }),
    ...(talks && has.authorities && { SSL_CERT_DIR: folderOf(podPaths.authorities) }),
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value: escaped(value) }));
}

function credentialMounts(parts: JobParts): readonly V1VolumeMount[] {
  return [
    ...(parts.has.registryAuth ? [readOnly('registry', folderOf(podPaths.registryCredential))] : []),
    ...authorityMounts(parts),
  ];
}

function authorityMounts({ has }: JobParts): readonly V1VolumeMount[] {
  return has.authorities ? [readOnly('authorities', folderOf(podPaths.authorities))] : [];
}

function volumes({ request, secretName, has }: JobParts, { settings }: ChosenPhases): V1Volume[] {
  const secret = (name: keyof typeof secretKeys, volumeName: string, file: string): V1Volume[] =>
    has[name] ? [secretVolume(volumeName, secretName, secretKeys[name], file)] : [];
  return [
    ...['work', 'workspace', 'layers', 'analyzed', 'control', 'tmp'].map((name) =>
      scratchVolume(name, request.job.storage),
    ),
    variablesVolume('variables', variablesOf(request), secretName),
    fileVolume('passwd', 'passwd'),
    ...(settings.order === undefined ? [] : [fileVolume('order', orderFile)]),
    ...secret('sourceAuthorization', 'source', podPaths.sourceAuthorization),
    ...secret('registryAuth', 'registry', podPaths.registryCredential),
    ...secret('authorities', 'authorities', podPaths.authorities),
  ];
}
