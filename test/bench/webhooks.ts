import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePorts } from '../../src/embedded/ports.ts';
import { startProcess } from '../../src/embedded/processes.ts';
import type { DeliveryResult } from '../../src/webhooks/accepted-delivery.ts';
import { automaticRuns } from '../support/automatic-runs.ts';
import { sendDelivery } from '../support/ingress.ts';
import { pushPayloads } from '../support/payloads.ts';
import { startTemporal } from '../support/temporal.ts';
import { startWorkers } from '../support/workers.ts';
import { catalogWith } from '../unit/webhooks/matching.ts';
import type { Section } from './section.ts';

export interface WebhookEffort {
  /** Sent at a steady rate. */
  readonly deliveries: number;
  /** How long senders send as fast as they can. */
  readonly burstMs: number;
  /** Deliveries that are followed to their runs. */
  readonly followed: number;
}

const perSecond = 25;
const senders = 16;
const components = 1_000;

/** From a code host's request to our answer, and to the run: the real server, Temporal and workflows, with runs that do nothing. */
export async function webhooks({ deliveries, burstMs, followed }: WebhookEffort): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-webhooks-'));
  await mkdir(join(folder, 'secrets'));
  await writeFile(join(folder, 'secrets/github-secret'), 'x');
  const temporal = await startTemporal();
  const { server: port } = await choosePorts(join(folder, 'ports.json'), ['server']);
  const url = `http://127.0.0.1:${port}`;
  const server = await startProcess(folder, {
    name: 'server',
    command: process.execPath,
    args: [join(import.meta.dirname, '../../src/cli.ts'), 'serve'],
    environment: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TEMPORAL_ADDRESS: temporal.address,
      SLIPWAY_LISTEN: url.replace('http://', ''),
      SLIPWAY_SECRETS: `directory:${join(folder, 'secrets')}`,
    },
    isReady: async (signal) => (await fetch(`${url}/readyz`, { signal })).ok,
    readyWithinSeconds: 60,
  });
  let sent = 0;
  /** Tells of a push to a repository of one component, or of none. */
  const deliver = async (name = 'nobody') => {
    const at = ++sent;
    const repository = { clone_url: `https://github.com/org/${name}.git`, pushed_at: at };
    const started = performance.now();
    const { status } = await sendDelivery(url, 'github', pushPayloads.github({ repository }), {
      secret: 'x',
      id: `d-${at}`,
    });
    return { id: `delivery/github/d-${at}`, status, ms: performance.now() - started };
  };
  try {
    for (let warm = 0; warm < 20; warm += 1) await deliver();
    const steady = await Promise.all(
      Array.from({ length: deliveries }, async (_, at) => {
        await sleep((at * 1000) / perSecond);
        return deliver();
      }),
    );
    const until = performance.now() + burstMs;
    let answered = 0;
    const send = async () => {
      while (performance.now() < until) if ((await deliver()).status === 202) answered += 1;
    };
    await Promise.all(Array.from({ length: senders }, send));

    const samples = Array.from({ length: components }, (_, at) => ({
      name: `c-${at}`,
      url: `https://github.com/org/repo-${at}`,
    }));
    const catalog = catalogWith(samples);
    const workers = await startWorkers(temporal.address, automaticRuns({ catalog: () => catalog }));
    const { workflow } = workers.client;
    const open = "WorkflowType = 'handleDelivery' AND ExecutionStatus = 'Running'";
    const handling = performance.now();
    while ((await workflow.count(open)).count > 0) await sleep(200);
    const handlingMs = performance.now() - handling;
    const handled = sent;
    const toRun: number[] = [];
    for (let at = 0; at < followed; at += 1) {
      const began = Date.now();
      const { id } = await deliver(`repo-${at}`);
      const { verdicts } = await workflow.getHandle<() => Promise<DeliveryResult>>(id).result();
      const run = workflow.getHandle(`run/${verdicts[0]?.run}`);
      toRun.push((await run.describe()).startTime.getTime() - began);
      await run.result();
    }
    await workers.stop();
    const times = steady.map(({ ms }) => ms);
    const refused = steady.filter(({ status }) => status !== 202).length;
    return {
      title: 'webhooks: GitHub’s push → 202 → run, with runs that do nothing',
      rows: [
        { what: `push → 202, ${perSecond} a second`, unit: 'ms', samples: times },
        { what: '  99 of 100 within', unit: 'ms', samples: [percentile(times, 0.99)], most: 100 },
        { what: '  not answered 202', unit: 'count', samples: [refused], most: 0 },
        { what: `deliveries, ${senders} senders at once`, unit: 'a second', samples: [(answered / burstMs) * 1000] },
        { what: 'deliveries handled that start nothing', unit: 'a second', samples: [(handled / handlingMs) * 1000] },
        { what: `push → run started, one of ${components} components`, unit: 'ms', samples: toRun },
      ],
      notes: ["Temporal, the server, the worker and the senders share the machine's cores."],
    };
  } finally {
    await server.stop();
    await temporal.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
