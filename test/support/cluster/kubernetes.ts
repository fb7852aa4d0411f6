import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../../src/embedded/lock.ts';
import type { Progress } from '../../../src/embedded/progress.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { findOnPath, isExecutable, stopwatch } from '../../../src/embedded/tools/tool.ts';
import { Failure } from '../../../src/failures.ts';

/** The version of Kubernetes that the tests run on: one whose parts are all published as Go modules of their own. */
export const kubernetesVersion = '1.33.13';

/** Its programs, those that take longest to build first. */
export const kubernetesPrograms = [
  'kube-apiserver',
  'kube-controller-manager',
  'kubelet',
  'kubectl',
  'kube-scheduler',
  'kube-proxy',
] as const;
export type KubernetesProgram = (typeof kubernetesPrograms)[number];

export interface KubernetesOptions {
  readonly cacheFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** All of them unless given. */
  readonly programs?: readonly KubernetesProgram[];
}

const task = `Kubernetes ${kubernetesVersion}`;

/**
 * The folder with Kubernetes's programs: in the cache, else built there from the Go module, once and for all processes. Throws
 * `Unavailable` where there is no Go.
 */
export async function findOrBuildKubernetes(options: KubernetesOptions, progress: Progress): Promise<string> {
  const home = join(options.cacheFolder, 'tools', `kubernetes-${kubernetesVersion}`);
  const programs = options.programs ?? kubernetesPrograms;
  const missing = async () => {
    const present = await Promise.all(programs.map((program) => isExecutable(join(home, program))));
    return programs.filter((_, index) => !present[index]);
  };
  if ((await missing()).length === 0) return home;
  await withLock(
    `${home}.lock`,
    ({ pid }) => progress({ task, state: 'working', text: `waiting for process ${pid}, which builds it right now` }),
    async () => build(home, await missing(), options.environment, progress),
  );
  return home;
}

/** Each program appears under its name when it is whole, so that what was built before an interruption is kept. */
async function build(
  home: string,
  programs: readonly KubernetesProgram[],
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<void> {
  if (programs.length === 0) return;
  const go = await findOnPath(['go'], environment);
  if (go === undefined)
    throw new Failure(
      'Unavailable',
      `Go is not on PATH; it is needed once to build ${programs.join(', ')} ${kubernetesVersion}.`,
    );
  const all = stopwatch();
  const folder = `${home}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await mkdir(home, { recursive: true });
    progress({
      task,
      state: 'working',
      text: `building ${programs.join(', ')}; all of them take 5 to 25 minutes the first time`,
    });
    await writeModule(go, folder, environment);
    for (const program of programs) {
      const seconds = stopwatch();
      await commandOutput(
        'nice',
        ['-n', '5', go, 'build', ...buildFlags, '-o', program, `k8s.io/kubernetes/cmd/${program}`],
        {
          environment: {
            ...environment,
            CGO_ENABLED: '0',
            GOFLAGS: '-mod=mod -trimpath -buildvcs=false',
            GOWORK: 'off',
          },
          folder,
        },
      );
      await rename(join(folder, program), join(home, program));
      progress({ task, state: 'working', text: `built ${program} in ${Math.round(seconds())} s` });
    }
    progress({ task, state: 'done', text: `built in ${Math.round(all())} s` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// Without them everything says that it is v0.0.0-master.
const versionFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
  `-X ${path}.gitVersion=v${kubernetesVersion}`,
  `-X ${path}.gitMajor=${kubernetesVersion.split('.')[0]}`,
  `-X ${path}.gitMinor=${kubernetesVersion.split('.')[1]}`,
  `-X ${path}.gitTreeState=clean`,
]);
const buildFlags = ['-ldflags', ['-s', '-w', ...versionFlags].join(' ')];

/**
 * `go install` refuses k8s.io/kubernetes because its go.mod replaces modules by folders beside it. This folder becomes a module
 * that requires it, with the same go.mod and the same checksums, in which those modules are the published ones.
 */
async function writeModule(go: string, folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  await writeFile(join(folder, 'go.mod'), 'module kubernetes-programs\n');
  const download = ['mod', 'download', '-json', `k8s.io/kubernetes@v${kubernetesVersion}`];
  const answer: unknown = JSON.parse(await commandOutput(go, download, { environment, folder }));
  if (typeof answer !== 'object' || answer === null || !('Dir' in answer) || typeof answer.Dir !== 'string')
    throw new Error('go mod download named no folder');
  await writeFile(join(folder, 'go.mod'), publishedModules(await readFile(join(answer.Dir, 'go.mod'), 'utf8')));
  await copyFile(join(answer.Dir, 'go.sum'), join(folder, 'go.sum'));
}

function publishedModules(goMod: string): string {
  const published = `v0.${kubernetesVersion.split('.').slice(1).join('.')}`;
  const rewritten = goMod
    .replace(/^module .*$/m, 'module kubernetes-programs')
    .replace(/=> \.\/staging\/src\/(k8s\.io\/[a-z-]+)/g, `=> $1 ${published}`)
    .replace(/^(\s+k8s\.io\/[a-z-]+) v0\.0\.0(?= |$)/gm, `$1 ${published}`);
  return `${rewritten}\nrequire k8s.io/kubernetes v${kubernetesVersion}\n`;
}
