/** Programs that make an image from a Dockerfile, in the order in which they are preferred. */
export const engineNames = ['buildah', 'podman', 'buildkit', 'docker'] as const;

export type EngineName = (typeof engineNames)[number];

/** One image build with absolute paths. */
export interface ImageBuild {
  readonly context: string;
  readonly dockerfile: string;
  /** Folder of this build alone, for the engine's storage. */
  readonly storage: string;
  /** Folder that becomes an OCI layout holding one image. */
  readonly layout: string;
  readonly storageDriver: 'vfs' | 'overlay';
  readonly noCache: boolean;
  /** Layers of earlier builds to use, by folder and digest, and a folder that takes this build's: OCI layouts. BuildKit only. */
  readonly cacheFrom?: { readonly folder: string; readonly digest: string } | undefined;
  readonly cacheTo?: string | undefined;
  readonly sourceDateEpoch: number;
  /** Where a BuildKit daemon listens that outlives the build; undefined: the build starts one of its own. */
  readonly buildkitd?: string | undefined;
  /** Folders of further contexts, by name. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** Build arguments. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Counts instead of the context's `.dockerignore`: the Dockerfile's path with `.dockerignore` at its end. */
  readonly ignoreFile?: string;
  /** Local name of the image; differs between builds that share a daemon. */
  readonly name: string;
}

/** argv of one command. */
export type Command = readonly [program: string, ...args: string[]];

/** The commands that, one after the other, build the image and leave it as an OCI layout. */
export function engineCommands(engine: EngineName, build: ImageBuild): readonly Command[] {
  return { buildah, podman, buildkit, docker }[engine](build);
}

function buildah(build: ImageBuild): readonly Command[] {
  const store = storage(build);
  return [
    ['buildah', ...store, 'bud', '--isolation', 'chroot', ...commonBuildFlags(build), build.context],
    ['buildah', ...store, 'push', build.name, `oci:${build.layout}:image`],
  ];
}

function podman(build: ImageBuild): readonly Command[] {
  const store = storage(build);
  return [
    ['podman', ...store, 'build', '--isolation', 'chroot', ...commonBuildFlags(build), build.context],
    ['podman', ...store, 'push', build.name, `oci:${build.layout}:image`],
  ];
}

function storage({ storage, storageDriver }: ImageBuild): string[] {
  return ['--root', `${storage}/root`, '--runroot', `${storage}/run`, '--storage-driver', storageDriver];
}

function commonBuildFlags(build: ImageBuild): string[] {
  const { name, noCache, sourceDateEpoch, dockerfile, ignoreFile } = build;
  return [
    '--layers=false',
    '--format=oci',
    `--timestamp=${sourceDateEpoch}`,
    `--build-arg=SOURCE_DATE_EPOCH=${sourceDateEpoch}`,
    ...argumentsAndContexts(build),
    ...(ignoreFile === undefined ? [] : [`--ignorefile=${ignoreFile}`]),
    ...(noCache ? ['--no-cache'] : []),
    '--file',
    dockerfile,
    '--tag',
    name,
  ];
}

function argumentsAndContexts({ arguments: values = {}, contexts = {} }: ImageBuild): string[] {
  return [
    ...Object.entries(values).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...Object.entries(contexts).map(([name, folder]) => `--build-context=${name}=${folder}`),
  ];
}

/** Where the BuildKit daemon of a build's own listens. */
export function buildkitAddress(storage: string): string {
  return `unix://${storage}/buildkitd.sock`;
}

/** The BuildKit daemon of one build, whose state is all below `storage`; `config` is its `buildkitd.toml`. */
export function buildkitDaemon(storage: string, config: string, isRoot: boolean): Command {
  const daemon = [`--addr=${buildkitAddress(storage)}`, `--root=${storage}/buildkit`, `--config=${config}`] as const;
  if (isRoot) return ['buildkitd', ...daemon];
  return [
    'rootlesskit',
    `--state-dir=${storage}/rootlesskit`,
    // The daemon makes a folder there whatever it is told.
    '--copy-up=/run',
    'buildkitd',
    '--rootless',
    // A pod may not mount the /proc that a process sandbox needs.
    '--oci-worker-no-process-sandbox',
    ...daemon,
  ];
}

function buildkit(build: ImageBuild): readonly Command[] {
  const { context, dockerfile, storage, layout, noCache, sourceDateEpoch, cacheFrom, cacheTo, buildkitd } = build;
  const folder = dockerfile.replace(/\/[^/]*$/, '');
  return [
    [
      'buildctl',
      `--addr=${buildkitd ?? buildkitAddress(storage)}`,
      'build',
      '--progress=plain',
      '--frontend=dockerfile.v0',
      `--local=context=${context}`,
      `--local=dockerfile=${folder}`,
      `--opt=filename=${dockerfile.slice(folder.length + 1)}`,
      `--opt=build-arg:SOURCE_DATE_EPOCH=${sourceDateEpoch}`,
      ...Object.entries(build.arguments ?? {}).map(([name, value]) => `--opt=build-arg:${name}=${value}`),
      ...Object.entries(build.contexts ?? {}).flatMap(([name, from]) => [
        `--local=${name}=${from}`,
        `--opt=context:${name}=local:${name}`,
      ]),
      ...(noCache ? ['--no-cache'] : []),
      ...(cacheFrom === undefined
        ? []
        : [`--import-cache=type=local,src=${cacheFrom.folder},digest=${cacheFrom.digest}`]),
      ...(cacheTo === undefined
        ? []
        : [
            `--export-cache=type=local,dest=${cacheTo},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`,
          ]),
      `--output=type=oci,tar=false,rewrite-timestamp=true,dest=${layout}`,
    ],
  ];
}

function docker(build: ImageBuild): readonly Command[] {
  const { context, dockerfile, layout, name, noCache, sourceDateEpoch } = build;
  return [
    [
      'docker',
      'build',
      `--build-arg=SOURCE_DATE_EPOCH=${sourceDateEpoch}`,
      ...argumentsAndContexts(build),
      ...(noCache ? ['--no-cache'] : []),
      '--file',
      dockerfile,
      '--tag',
      name,
      context,
    ],
    ['skopeo', 'copy', `docker-daemon:${name}`, `oci:${layout}:image`],
    ['docker', 'image', 'rm', name],
  ];
}
