import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { commitFiles } from '../support/commit-files.ts';
import { pullRequests } from '../support/gitops.ts';
import { startChanged } from '../support/refused-run.ts';

const cluster = useCluster();
const test = await prepareWorld(cluster);
const atOnce = 4;
const names = Array.from({ length: 20 }, (_, index) => `greeter-${index}`);
const components = 'namespaces/default/projects/demo/components';

it('builds twenty components asked for at once, no more at a time than its limit, and proposes each', {
  timeout: 400_000,
}, async () => {
  const sample = await readFile(join('src/embedded/samples/gitops', components, 'greeter/component.yaml'), 'utf8');
  const files = names.map((name) => [
    `${components}/${name}/component.yaml`,
    sample.replace('name: greeter', `name: ${name}`).replace('https://forge.slipway.invalid', test.world.forgeUrl),
  ]);
  await commitFiles(test.gitops, Object.fromEntries(files));
  const worker = await test.startWorker({ SLIPWAY_MAX_BUILDS: String(atOnce) });
  const runs = await Promise.all(names.map((name) => startChanged(test, { 'spec.owner.componentName': name })));
  const active: number[] = [];
  let over = false;
  const watching = (async () => {
    for (; !over; await sleep(500)) {
      // The Jobs' own counts lag behind.
      const unfinished = '--field-selector=status.phase!=Succeeded,status.phase!=Failed';
      active.push((await test.kubectl('get', 'pods', unfinished, '--output', 'name')).split('\n').length - 1);
    }
  })();

  const results = await Promise.all(runs.map((run) => run.result())).finally(() => {
    over = true;
  });

  await watching;
  expect(Math.max(...active)).toBe(atOnce);
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['released']));
  expect(new Set(results.map(({ image }) => image?.replace(/:[^:]*@.*/, ''))).size).toBe(names.length);
  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  expect(await pullRequests(test.world.repositories.gitops, token)).toHaveLength(names.length);
  const jobs = await test.kubectl('get', 'jobs', '--output', 'name');
  expect(jobs.trim().split('\n')).toHaveLength(names.length);
  await worker.stop();
});
