import type { Command } from '../../../builds/engine-commands.ts';
import type { PhaseMachine } from './phase-machine.ts';

interface Container {
  readonly name: string;
  /** Folder of the build's own for containers and their state; absolute. */
  readonly storage: string;
  readonly machine: PhaseMachine;
}

interface NewContainer extends Container {
  readonly image: string;
  /** Folder with that image; undefined: it needs none. */
  readonly images: string | undefined;
}

interface RunningContainer extends Container {
  readonly images?: string | undefined;
  /** Numeric `user:group`. */
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly command: Command;
}

/** A folder of this machine as a container has it. */
export interface Mount {
  readonly from: string;
  readonly at: string;
  readonly readOnly: boolean;
}

/** Brings an image into a folder of images, unless it is there. */
export function pullCommand(
  image: string,
  images: string,
  { storageDriver }: PhaseMachine,
  credentialFile: string | undefined,
): Command {
  const credential = credentialFile === undefined ? [] : [`--authfile=${credentialFile}`];
  return ['buildah', ...storage(images, storageDriver), 'pull', '--quiet', ...credential, image];
}

/** Makes a container without running it. */
export function fromCommand({ name, storage: folder, machine, image, images }: NewContainer): Command {
  const store = storage(folder, machine.storageDriver, images);
  return ['buildah', ...store, 'from', '--quiet', '--pull-never', `--name=${name}`, image];
}

/** Runs a command in a container, without any right, and ends with its exit code. */
export function runCommand(container: RunningContainer): Command {
  const { name, storage: folder, machine, images, user, environment, mounts, command } = container;
  return [
    'setpriv',
    '--no-new-privs',
    'buildah',
    ...storage(folder, machine.storageDriver, images),
    'run',
    '--isolation=oci',
    `--runtime=${machine.runtime}`,
    // What a killed runtime leaves is the build's, and goes with it.
    `--runtime-flag=root=${folder}/runtime`,
    '--network=host',
    // A name of its own for each container would be in what buildpacks make.
    '--hostname=build',
    '--cap-drop=all',
    `--user=${user}`,
    ...Object.entries(environment).map(([key, value]) => `--env=${key}=${value}`),
    ...mounts.map(({ from, at, readOnly }) => `--volume=${from}:${at}${readOnly ? ':ro' : ''}`),
    name,
    '--',
    ...command,
  ];
}

/**
 * A command in process and mount namespaces that end with it: a container is in a session of its own, which no signal for the build's
 * process group reaches, and whoever is not root needs a user namespace for any of this.
 */
export function ofThisUser(command: Command): Command {
  const namespaces = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', ...command] as const;
  return process.getuid?.() === 0 ? namespaces : ['buildah', 'unshare', '--', ...namespaces];
}

function storage(folder: string, driver: PhaseMachine['storageDriver'], images?: string): readonly string[] {
  return [
    `--root=${folder}/root`,
    `--runroot=${folder}/run`,
    `--storage-driver=${driver}`,
    ...(images === undefined ? [] : [`--storage-opt=${driver}.imagestore=${images}/root`]),
  ];
}
