import type { V1Container, V1KeyToPath, V1SecurityContext, V1Volume } from '@kubernetes/client-node';

/** What a kind of build puts into its pod. */
export interface PodContent {
  /** In their order: each begins when the one before has ended well. */
  readonly containers: readonly V1Container[];
  readonly volumes: readonly V1Volume[];
  /** Group that can write the volumes. */
  readonly group: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Container → exit codes with which another try cannot help. */
  readonly finalCodes: Readonly<Record<string, readonly number[]>>;
}

/** Keys of the Job's Secret. */
export const secretKeys = {
  sourceAuthorization: 'source',
  registryAuth: 'registry',
  authorities: 'authorities',
} as const;

/** The least that a container can have; Pod Security `restricted` takes it. */
export function noRights(user: number, group: number): V1SecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A volume that begins empty and goes with the pod. */
export function scratchVolume(name: string, sizeLimit: string): V1Volume {
  return { name, emptyDir: { sizeLimit } };
}

/** A volume with one key of the Job's Secret, for the pod's group to read. */
export function secretVolume(name: string, secretName: string, key: string, file: string): V1Volume {
  const items: V1KeyToPath[] = [{ key, path: file.slice(file.lastIndexOf('/') + 1) }];
  return { name, secret: { secretName, items, defaultMode: 0o440 } };
}

/** The folder that a volume with one file is mounted at. */
export const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

/** A value or argument as the kubelet must get it: it reads $(X) and $$. */
export const escaped = (text: string): string => text.replaceAll('$', '$$$$');
