import { releaseOn } from '../../activities/generate-resources.ts';
import { createWithRepository } from '../../activities/read-repository.ts';
import { createMirrors } from '../../src/git/mirrors.ts';
import type { Plan } from '../../src/runs/plan.ts';
import { usualJob } from '../support/usual-job.ts';
import { GenerationTask, type GenerationTimes } from './generation-task.ts';
import { componentName, imageOf, ownerOf } from './gitops-files.ts';
import { commitFiles } from './repositories.ts';

const commit = 'abc4'.repeat(10);
const runName = 'bench';

/** Generates releases as the steps of a worker do, each of another component, and says what they took. */
async function measure(task: GenerationTask): Promise<GenerationTimes> {
  const settings = { folder: task.folder, httpHosts: [new URL(task.url).host], allowFile: false, caFile: undefined };
  const openMirror = createMirrors(settings);
  const deps = { readDescriptor: async () => null, withRepository: createWithRepository() };
  const release = async (component: string) => {
    const owner = ownerOf(component);
    const times = [performance.now()];
    const mirror = await openMirror(task, AbortSignal.timeout(600_000));
    const base = await mirror.pin('main', runName);
    times.push(performance.now());
    const image = { reference: imageOf(commit) };
    const { files } = await releaseOn(deps, mirror, {
      plan: planOf(owner, task),
      source: { commit },
      image,
      descriptor: null,
      base,
    });
    times.push(performance.now());
    await mirror.writeTree(base, files);
    times.push(performance.now());
    if (files.size !== 3) throw new Error(`${files.size} files instead of three`);
    const [start = 0, fetched = 0, generated = 0, written = 0] = times;
    return { fetch: fetched - start, generate: generated - fetched, write: written - generated };
  };

  const first = await release(componentName(0));
  const warm: GenerationTimes['warm'] = [];
  for (let at = 1; at <= task.repeats; at += 1) {
    const other = componentName(task.components - at);
    const path = `namespaces/default/projects/demo/components/${other}/extra.yaml`;
    const text = `apiVersion: openchoreo.dev/v1alpha1\nkind: Project\nmetadata:\n  name: ${other}\n`;
    await commitFiles(task.repository, [[path, text]], `Change ${at}`);
    warm.push(await release(componentName(at)));
  }
  const mebi = 2 ** 20;
  return {
    first,
    warm,
    residentMiB: process.memoryUsage().rss / mebi,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
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
    settings: {
      buildTimeoutSeconds: 600,
      labels: [],
      reviewers: [],
      closeOlder: true,
      noCache: false,
      layerCache: true,
      keepAll: false,
    },
    trigger: { kind: 'manual', actor: null, delivery: null, before: null, receivedAt: null },
    warnings: [],
  };
}

process.stdout.write(JSON.stringify(await measure(GenerationTask.parse(JSON.parse(process.argv[2] ?? '')))));
