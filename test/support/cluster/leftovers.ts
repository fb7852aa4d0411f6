import { access, lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { endLeftovers } from '../../../src/embedded/processes.ts';
import { runCommand } from '../../../src/embedded/run-command.ts';
import { clusterFolder, partEnvironment, pathsIn } from './machine.ts';
import { removeNetwork } from './network.ts';

/** What the kubelet and the network plugins change or make outside the cluster's folder. */
const settings = [
  'net/ipv4/ip_forward',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
].map((name) => `/proc/sys/${name}`);
const folders = ['/run/containerd', '/var/lib/kubelet', '/var/lib/cni', '/var/log/containers'];

const Before = z.object({ settings: z.record(z.string(), z.string()), absent: z.array(z.string()) });

/** Makes the cluster's folder, for its owner only, and notes there how the machine is before the cluster. */
export async function makeClusterFolder(): Promise<void> {
  await mkdir(clusterFolder, { mode: 0o700 });
  const values = await Promise.all(settings.map(async (file) => [file, await readFile(file, 'utf8')] as const));
  const present = await Promise.all(folders.map(exists));
  const before: z.infer<typeof Before> = {
    settings: Object.fromEntries(values),
    absent: folders.filter((_, index) => !present[index]),
  };
  await writeFile(pathsIn(clusterFolder).before, JSON.stringify(before));
}

/** Ends and removes all that a cluster is made of, whether it runs or was killed. Safe to repeat. */
export async function removeCluster(): Promise<void> {
  const owner = await lstat(clusterFolder).catch(() => undefined);
  if (owner === undefined) return;
  // Root acts on what stands there, so nobody else may have written it.
  if (!owner.isDirectory() || owner.uid !== process.getuid?.())
    throw new Error(`${clusterFolder} is not ours; remove it`);
  const { before, containerd, run } = pathsIn(clusterFolder);
  await endLeftovers(run, { force: true });
  await endPods(containerd);
  await unmountBelow(clusterFolder);
  await removeNetwork(clusterFolder);
  await removePodGroups();
  await restore(await readFile(before, 'utf8').catch(() => '{"settings":{},"absent":[]}'));
  await rm(clusterFolder, { recursive: true, force: true });
}

/** Pods' processes outlive everything else: the container runtime's shims, and their children. */
async function endPods(socket: string): Promise<void> {
  for (;;) {
    const processes = await listProcesses();
    const shims = processes.filter(({ command }) => command.includes('containerd-shim') && command.includes(socket));
    if (shims.length === 0) return;
    const pids = new Set(shims.map(({ pid }) => pid));
    const inPods = processes.filter(({ parent }) => pids.has(parent));
    for (const { pid } of [...inPods, ...shims]) kill(pid);
    await sleep(100);
  }
}

async function listProcesses() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      const [stat, command] = await Promise.all(
        ['stat', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      // The name in brackets may hold blanks and brackets itself.
      const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      return { pid: Number(pid), parent: Number(parent), command: command ?? '' };
    }),
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone between the look and the signal.
  }
}

async function mountsBelow(folder: string): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '');
  return mounts.filter((mount) => mount.startsWith(`${folder}/`)).sort();
}

/** Throws where something stays mounted: what lies there is not ours to remove. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await mountsBelow(folder)).toReversed();
  for (const mount of mounts) await runCommand('umount', ['--lazy', mount], { environment: partEnvironment(folder) });
  const still = await mountsBelow(folder);
  if (still.length > 0) throw new Error(`cannot unmount ${still.join(', ')}`);
}

/** Only empty groups can be removed, so nothing that lives is touched. */
async function removePodGroups(): Promise<void> {
  for (const group of await podGroups()) {
    const below = await readdir(group, { recursive: true, withFileTypes: true });
    const nested = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    for (const folder of [group, ...nested].sort().toReversed()) await rmdir(folder).catch(() => undefined);
  }
}

/** The control groups of pods on this machine, whoever's they are. */
export async function podGroups(): Promise<readonly string[]> {
  const root = '/sys/fs/cgroup';
  const candidates = [root, ...(await readdir(root)).map((name) => join(root, name))].map((folder) =>
    join(folder, 'kubepods'),
  );
  const present = await Promise.all(candidates.map(exists));
  return candidates.filter((_, index) => present[index]);
}

async function restore(text: string): Promise<void> {
  const before = Before.parse(JSON.parse(text));
  for (const [file, value] of Object.entries(before.settings)) await writeFile(file, value);
  for (const folder of before.absent) await rm(folder, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
