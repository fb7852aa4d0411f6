import { join } from 'node:path';
import { withLock } from '../../../src/embedded/lock.ts';
import type { Progress } from '../../../src/embedded/progress.ts';
import { installDebianPackages } from '../../../src/embedded/tools/debian-packages.ts';
import { findOnPath } from '../../../src/embedded/tools/tool.ts';
import { Failure } from '../../../src/failures.ts';

/** What a cluster needs of the system: a program that shows that the package is there, and the package. */
const packages: readonly (readonly [program: string, debian: string])[] = [
  ['etcd', 'etcd-server'],
  ['containerd', 'containerd'],
  ['runc', 'runc'],
  ['/usr/lib/cni/bridge', 'containernetworking-plugins'],
  ['docker-registry', 'docker-registry'],
  ['skopeo', 'skopeo'],
  ['busybox', 'busybox-static'],
  ['ip', 'iproute2'],
  ['nft', 'nftables'],
  ['mount', 'mount'],
  ['openssl', 'openssl'],
  // For a BuildKit daemon without root.
  ['rootlesskit', 'rootlesskit'],
  ['newuidmap', 'uidmap'],
];

const task = 'packages of the cluster';

/** Installs those of the packages whose program is missing; needs root on Debian or Ubuntu where one is. */
export async function ensureClusterPackages(
  { cacheFolder, environment }: { readonly cacheFolder: string; readonly environment: NodeJS.ProcessEnv },
  progress: Progress,
): Promise<void> {
  if ((await findMissing(environment)).length === 0) return;
  const lock = join(cacheFolder, 'tools', 'packages.lock');
  const onWait = ({ pid }: { pid: number }) =>
    progress({ task, state: 'working', text: `waiting for process ${pid}, which installs packages right now` });
  await withLock(lock, onWait, async () => {
    const missing = await findMissing(environment);
    if (missing.length === 0) return;
    await installDebianPackages(missing, environment, (text) => progress({ task, state: 'working', text }));
    const still = await findMissing(environment);
    if (still.length > 0)
      throw new Failure('Unavailable', `apt-get installed ${still.join(', ')}, but the programs are not there.`);
    progress({ task, state: 'done', text: `installed ${missing.join(' ')}` });
  });
}

async function findMissing(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const found = await Promise.all(
    packages.map(([program]) => {
      const slash = program.lastIndexOf('/');
      return slash < 0
        ? findOnPath([program], environment)
        : findOnPath([program.slice(slash + 1)], { PATH: program.slice(0, slash) });
    }),
  );
  return packages.filter((_, index) => found[index] === undefined).map(([, debian]) => debian);
}
