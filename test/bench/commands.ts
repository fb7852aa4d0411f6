import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type Addresses, componentName, gitopsFiles, imageOf, ownerOf } from './gitops-files.ts';

const Usage = z.object({ peakMiB: z.number(), cpuMs: z.number() });

/** What the three commands took together, and the most memory that one of them had. */
export interface CommandsTaken {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** Releases one component after the other by the three commands, each a process of its own that knows nothing of those before. */
export async function releaseByCommands(
  folder: string,
  components: number,
  addresses: Addresses,
  repeats: number,
): Promise<readonly CommandsTaken[]> {
  const root = join(folder, `tree-${components}`);
  for (const [path, content] of gitopsFiles(components, addresses)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const taken: CommandsTaken[] = [];
  for (let at = 0; at < repeats; at += 1) taken.push(await release(root, componentName(at)));
  rmSync(root, { recursive: true });
  return taken;
}

async function release(root: string, name: string): Promise<CommandsTaken> {
  const { namespace, project, component } = ownerOf(name);
  const where = ['--mode', 'file-system', '--root-dir', root, '--namespace', namespace];
  const of = [...where, '--project', project, '--component', component];
  const started = performance.now();
  const usages = [
    await run(root, ['workload', 'create', ...of, '--image', imageOf('abc4'.repeat(10))]),
    await run(root, ['componentrelease', 'generate', ...of, '--output-path', `releases/${component}`]),
    await run(root, ['releasebinding', 'generate', ...of]),
  ];
  return {
    ms: performance.now() - started,
    cpuMs: usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    peakMiB: Math.max(...usages.map(({ peakMiB }) => peakMiB)),
  };
}

/** Preloaded into the process that is measured: tells on its third channel what it took. */
const reporter = `import { writeSync } from 'node:fs'; process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ peakMiB: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
});`;

async function run(home: string, args: readonly string[]): Promise<z.infer<typeof Usage>> {
  const preload = `data:text/javascript,${encodeURIComponent(reporter)}`;
  const node = ['--import', preload, join(import.meta.dirname, '../../src/cli.ts')];
  const env = { PATH: process.env['PATH'], HOME: home };
  const child = spawn(process.execPath, [...node, ...args], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const [said, errors] = await Promise.all([child.stdio[3], child.stdio[2]].map(textOf));
  const [code] = await ended;
  if (code !== 0) throw new Error(`slipway ${args.slice(0, 2).join(' ')} ended with ${code}: ${errors}`);
  return Usage.parse(JSON.parse(said ?? ''));
}

async function textOf(channel: ChildProcess['stdio'][number]): Promise<string> {
  return channel && 'read' in channel ? text(channel) : '';
}
