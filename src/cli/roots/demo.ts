import { loadConfig } from '../../config.ts';
import { startWorld } from '../../embedded/world.ts';
import { createOpenForge } from '../../forges/open-forge.ts';
import { createLogger } from '../../logger.ts';
import { ComponentWorkflowRun } from '../../openchoreo/kinds/component-workflow-run.ts';
import type { RunResult } from '../../runs/status.ts';
import { createDirectorySecrets } from '../../secrets/directory-secrets.ts';
import { createFindCredential } from '../../secrets/find-credential.ts';
import { connectClient, temporalSettings } from '../../temporal/connect.ts';
import { explainFailure } from '../../temporal/explain-failure.ts';
import { startRun } from '../../temporal/start-run.ts';
import { watchRun } from '../../temporal/watch-run.ts';
import { startWorker } from '../../worker.ts';
import { type DemoDeps, type DemoResult, type DemoRun, demo } from '../demo.ts';
import { streamOut } from '../out.ts';
import { stepEvents } from '../run-steps.ts';

/** Runs the demo in this process, worker included. */
export async function runDemo(args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  const deps: DemoDeps = {
    environment: process.env,
    interrupted: interrupted.signal,
    now: () => new Date(),
    startWorld,
    async startWorker(settings, logFile) {
      const config = loadConfig(settings);
      const worker = await startWorker(config, temporalSettings(settings), createLogger('info', logFile));
      return {
        async stop() {
          worker.stop();
          await worker.done;
        },
      };
    },
    startRun: startDemoRun,
  };
  return demo(args, deps, streamOut(process.stdout, process.env));
}

async function startDemoRun(settings: Readonly<Record<string, string>>, run: object): Promise<DemoRun> {
  const temporal = temporalSettings(settings);
  const { client, connection } = await connectClient(temporal);
  const { metadata } = ComponentWorkflowRun.parse(run);
  const { handle } = await startRun(client, { namespace: 'default', name: metadata.name, run, trigger: 'manual' });
  return {
    workflowId: handle.workflowId,
    url: `${settings['SLIPWAY_TEMPORAL_UI']}/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(handle.workflowId)}`,
    steps: stepEvents(watchRun(handle)),
    result: handle.result().then((ended) => describeEnd(settings, ended), describeFailure),
    close: () => connection.close(),
  };
}

async function describeEnd(settings: Readonly<Record<string, string>>, ended: RunResult): Promise<DemoResult> {
  const { outcome, branch, pullRequest } = ended;
  if (branch === null || pullRequest === null) return { kind: 'ended', outcome, pullRequest: null };
  const config = loadConfig(settings);
  if (config.secrets.kind !== 'directory') throw new Error('the demo keeps its secrets in a folder');
  const secrets = createDirectorySecrets(config.secrets.folder);
  const findCredential = createFindCredential({ secrets, hosts: config.credentialHosts });
  const openForge = createOpenForge({ findCredential, httpHosts: config.git.httpHosts });
  const [, repository = ''] = /^(.*)\/pull\/\d+$/.exec(pullRequest.url) ?? [];
  const forge = await openForge(repository, 'gitops-token', 'default', AbortSignal.timeout(10_000));
  const [opened] = await forge.pullRequests({ head: branch });
  return { kind: 'ended', outcome, pullRequest: opened ? { ...opened, branch } : null };
}

function describeFailure(error: unknown): DemoResult {
  const { type, message } = explainFailure(error);
  return { kind: 'failed', type, message };
}
