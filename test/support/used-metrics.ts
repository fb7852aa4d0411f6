import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '../../src/ingress/metrics.ts';
import { createWorkerMetrics } from '../../src/metrics/worker-metrics.ts';

const Rules = z.object({
  spec: z.object({
    groups: z.array(z.object({ name: z.string(), rules: z.array(z.looseObject({ expr: z.string() })) })),
  }),
});
const Dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

/** The groups of rules in `deploy/observability`. */
export function alertGroups() {
  const text = readFileSync('deploy/observability/prometheus-rule.yaml', 'utf8');
  return Rules.parse(parse(text)).spec.groups;
}

/** Every expression of the dashboard, with what Grafana fills in filled in. */
export function dashboardExpressions(): readonly string[] {
  const { panels } = Dashboard.parse(JSON.parse(readFileSync('deploy/observability/dashboard.json', 'utf8')));
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')));
}

/** What worker and server give after one of each thing has happened. */
export async function ownMetrics(): Promise<string> {
  const worker = createWorkerMetrics([]);
  worker.began('buildImage');
  worker.ended({ step: 'buildImage', result: 'Unavailable', seconds: 1, waitedSeconds: 1 });
  worker.build('docker', 'built', 1);
  worker.verdicts('webhook', 'start', 'matched', 1);
  worker.runEnded({ outcome: 'released', failure: null, seconds: 1 });
  worker.turn(1);
  worker.gitCall({ operation: 'fetch', host: '', isDone: true, seconds: 1 });
  const budget = { remaining: 1, limit: 2 };
  worker.forgeCall({ forge: 'github', host: '', credential: 'git-token', status: 200, seconds: 1, budget });
  const server = createMetrics();
  server.request('api/v1/webhooks', 202, 1);
  server.delivery('github', 'started');
  return (await worker.text()) + (await server.text());
}
