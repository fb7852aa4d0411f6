import { createHash } from 'node:crypto';
import { generate } from '../../activities/generate-resources.ts';
import { createWithRepository } from '../../activities/read-repository.ts';
import type { GitopsMirror, TreeEntry } from '../../src/git/git.ts';
import { createMirrors } from '../../src/git/mirrors.ts';
import { generateRelease } from '../../src/openchoreo/generate/release.ts';
import type { Repository } from '../../src/openchoreo/repository/repository.ts';
import type { Plan } from '../../src/runs/plan.ts';
import { usualJob } from '../support/usual-job.ts';
import { GenerationTask, type GenerationTimes, type Samples } from './generation-task.ts';
import { componentName, gitopsFiles, imageOf, ownerOf } from './gitops-files.ts';
import { processUsage } from './process-usage.ts';

const commit = 'abc4'.repeat(10);
const runName = 'bench';

/** Generates one component's release as the steps do, by the mirror and from memory, and says what it took. */
async function measure(task: GenerationTask): Promise<GenerationTimes> {
  const owner = ownerOf(componentName(Math.floor(task.components / 2)));
  const settings = { folder: task.folder, httpHosts: [new URL(task.url).host], allowFile: false, caFile: undefined };
  const openMirror = createMirrors(settings);
  const withRepository = createWithRepository();
  const byMirror = async () => {
    const mirror = await openMirror(task, AbortSignal.timeout(600_000));
    const base = await mirror.pin('main', runName);
    const input = {
      plan: planOf(owner, task),
      source: { commit, subject: '', author: '', committedAt: 0, inputs: '', warnings: [] },
      image: { reference: imageOf(commit), digest: '' },
      descriptor: null,
      base,
      workflowId: `run/${owner.namespace}/${runName}`,
    };
    const { release } = await generate({ readDescriptor: async () => null, withRepository }, mirror, input);
    if (release.files.size !== 3) throw new Error(`${release.files.size} files instead of three`);
  };
  const first = await repeat(1, byMirror);
  const again = await repeat(task.repeats, byMirror);
  const peakMiB = process.resourceUsage().maxRSS / 1024;

  const memory = inMemory(gitopsFiles(task.components, { forge: new URL(task.url).origin, registry: task.registry }));
  const fromMemory = await repeat(task.repeats, async () => {
    const release = (repository: Repository) =>
      generateRelease(repository, {
        ...owner,
        environment: null,
        pipeline: null,
        image: imageOf(commit),
        commit,
        repository: task.url,
        run: runName,
        descriptor: null,
      });
    await createWithRepository()(memory, '', owner, release);
  });
  return { first, again, peakMiB, memory: fromMemory };
}

async function repeat(times: number, work: () => Promise<void>): Promise<Samples> {
  const ms: number[] = [];
  const cpuMs: number[] = [];
  for (let done = 0; done < times; done += 1) {
    const before = processUsage('self')?.cpuMs;
    const started = performance.now();
    await work();
    ms.push(performance.now() - started);
    const after = processUsage('self')?.cpuMs;
    if (before !== undefined && after !== undefined) cpuMs.push(after - before);
  }
  return { ms, cpuMs };
}

/** As much of a mirror as reading a repository takes. */
function inMemory(given: Iterable<readonly [string, string]>): GitopsMirror {
  const byId = new Map<string, string>();
  const entries: TreeEntry[] = [];
  for (const [path, text] of given) {
    const id = createHash('sha1').update(text).digest('hex');
    byId.set(id, text);
    entries.push({ path, mode: '100644', type: 'blob', id });
  }
  const mirror: Pick<GitopsMirror, 'files' | 'readBlobs'> = {
    files: async () => entries,
    async *readBlobs(ids) {
      for (const id of ids) yield { id, text: byId.get(id) ?? '' };
    },
  };
  return mirror as GitopsMirror;
}

function planOf(owner: ReturnType<typeof ownerOf>, { url }: GenerationTask): Plan {
  return {
    ...owner,
    flow: 'docker-gitops-release',
    run: runName,
    source: {
      repository: url,
      branch: 'main',
      commit,
      appPath: '.',
      descriptorPath: 'workload.yaml',
      descriptorRequired: false,
      allowUnreachableCommit: false,
    },
    build: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
    job: usualJob,
    image: { registry: 'registry.example', name: 'app', tag: 'v1' },
    gitops: { repository: url, branch: 'main', environment: null, pipeline: null },
    settings: { buildTimeoutSeconds: 600, labels: [], reviewers: [], closeOlder: true, noCache: false, keepAll: false },
    trigger: { kind: 'manual', actor: null, delivery: null, before: null, receivedAt: null },
    warnings: [],
  };
}

process.stdout.write(JSON.stringify(await measure(GenerationTask.parse(JSON.parse(process.argv[2] ?? '')))));
