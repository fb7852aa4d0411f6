import { appendFileSync } from 'node:fs';
import type { Relation } from '../../src/git/git.ts';
import { catalogWith } from '../unit/webhooks/matching.ts';
import { automaticRuns } from './automatic-runs.ts';
import { findCommit, stormComponents, stormUrl } from './storm-pushes.ts';
import { startWorkers } from './workers.ts';

/**
 * A worker in a process of its own, whose runs do nothing but write down the pull requests that they would open:
 * `node storm-worker.ts TEMPORAL FILE`. Says `ready`.
 */
async function runStormWorker([address = '', file = '']: readonly string[]): Promise<void> {
  const samples = stormComponents.map((name) => ({ name, url: stormUrl(name) }));
  const catalog = catalogWith(samples);
  const steps = automaticRuns({ catalog: () => catalog, queue: { idle: '1 hour' } });
  await startWorkers(address, {
    ...steps,
    compareCommits: async ({ commit, other }) => relationOf(commit, other),
    async createPullRequest(input) {
      appendFileSync(file, `${input.plan.source.commit}\n`);
      return steps.createPullRequest(input);
    },
  });
  process.stdout.write('ready\n');
}

function relationOf(commit: string, other: string): Relation {
  const [one, two] = [findCommit(commit), findCommit(other)];
  return one.position < two.position ? 'ancestor' : 'descendant';
}

await runStormWorker(process.argv.slice(2));
