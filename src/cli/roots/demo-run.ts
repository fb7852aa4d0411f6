import { loadConfig } from '../../config.ts';
import { openConnections } from '../../connections.ts';
import { ComponentWorkflowRun } from '../../openchoreo/kinds/component-workflow-run.ts';
import type { RunResult } from '../../runs/status.ts';
import { createDirectorySecrets } from '../../secrets/directory-secrets.ts';
import { connectClient, temporalSettings } from '../../temporal/connect.ts';
import { explainFailure } from '../../temporal/explain-failure.ts';
import { startRun } from '../../temporal/start-run.ts';
import { watchRun } from '../../temporal/watch-run.ts';
import type { DemoResult, DemoRun } from '../demo.ts';
import { stepEvents } from '../run-steps.ts';

/** Starts a run in the world of these settings. */
export async function startDemoRun(settings: Readonly<Record<string, string>>, run: object): Promise<DemoRun> {
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
  const { openForge } = openConnections(config, createDirectorySecrets(config.secrets.folder), null);
  const [, repository = ''] = /^(.*)\/pull\/\d+$/.exec(pullRequest.url) ?? [];
  const forge = await openForge(repository, 'gitops-token', 'default', AbortSignal.timeout(10_000));
  const [opened] = await forge.pullRequests({ head: branch, base: 'main' });
  return { kind: 'ended', outcome, pullRequest: opened ? { ...opened, branch } : null };
}

function describeFailure(error: unknown): DemoResult {
  const { type, message } = explainFailure(error);
  return { kind: 'failed', type, message };
}
