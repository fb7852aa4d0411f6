import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { filesBelow, findLeaks, historyText, watchCommandLines } from '../support/leaks.ts';

/** Tokens with characters that break shell, URL, sed and YAML, and that change in every encoding. */
const tokens = {
  'git-token': 'so|u&r$(c)e/%2F-read',
  'gitops-token': 'gi|t&o$(p)s/%2F+write=',
  'status-token': 'st|a&t$(u)s/%2F',
};
const password = 're|g&i$(s)try/%2F-push';
const all = [...Object.values(tokens), password];
const leaks = (text: string) => findLeaks(all, text);

const cluster = useCluster();
const test = await prepareWorld(cluster, tokens);
const { kubectl } = test;

it('finds a run’s tokens in no pod, log, command line, image or history', async () => {
  const auth = Buffer.from(`builder:${password}`).toString('base64');
  await writeFile(
    join(test.folder, 'secrets/registry-auth'),
    JSON.stringify({ auths: { [cluster.registry]: { auth } } }),
    { mode: 0o600 },
  );
  const worker = await test.startWorker({ SLIPWAY_LOG_LEVEL: 'debug' });
  const run = await test.start('secrets', await test.world.commitChange('a change to look for'));
  let over = false;
  const watching = watchCommandLines(all, () => over);
  const everything = () => kubectl('get', 'jobs,pods,events,configmaps', '--output', 'yaml');
  while ((await test.jobsOf('secrets')).pods.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  // The credentials are there, as a Secret, and the search sees them.
  const secret = z
    .record(z.string(), z.string())
    .parse(JSON.parse(await kubectl('get', 'secrets', '--output', 'jsonpath={.items[*].data}')));
  const texts = ['source', 'registry'].map((key) => Buffer.from(secret[key] ?? '', 'base64').toString());
  expect(texts.map((text) => leaks(text).length > 0)).toEqual([true, true]);
  const during = await everything();

  const result = await run.result();

  over = true;
  expect(await watching).toEqual([]);
  expect(leaks(during + (await everything()))).toEqual([]);
  const pod = 'slipway.dev/run=secrets';
  const log = await kubectl('logs', '--selector', pod, '--all-containers', '--tail=-1');
  expect(log).toContain('=== push ===');
  expect(leaks(log)).toEqual([]);
  expect(leaks(await historyText([run]))).toEqual([]);
  expect(leaks(await readFile(worker.logFile, 'utf8'))).toEqual([]);
  const image = join(test.folder, 'image');
  // Names the image by its digest alone.
  const reference = `docker://${result.image?.replace(/:[^/:@]+@/, '@')}`;
  await promisify(execFile)('skopeo', ['copy', '--quiet', '--src-tls-verify=false', reference, `dir:${image}`]);
  const layers = await filesBelow(image);
  expect(layers.filter(({ text }) => leaks(text).length > 0)).toEqual([]);
  expect(layers.some(({ text }) => text.includes('a change to look for'))).toBe(true);
  const builds = await filesBelow(join(test.folder, 'builds'));
  expect(builds.filter(({ text }) => leaks(text).length > 0)).toEqual([]);
  await worker.stop();
});
