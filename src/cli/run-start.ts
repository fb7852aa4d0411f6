import { parseArgs } from 'node:util';
import { Failure } from '../failures.ts';
import { ComponentWorkflowRun } from '../openchoreo/kinds/component-workflow-run.ts';
import { readRun } from '../runs/read-run.ts';
import type { RunResult } from '../runs/status.ts';
import type { TemporalClient } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { type StartedRun, startRun } from '../temporal/start-run.ts';
import { watchRun } from '../temporal/watch-run.ts';
import { showSteps } from './demo-steps.ts';
import type { Out } from './out.ts';
import { stepEvents } from './run-steps.ts';
import { openScreen } from './screen.ts';

export interface RunStartDeps {
  /** Text of a file; `-` is standard input. */
  readFile(path: string): Promise<string>;
  connect(): Promise<TemporalClient>;
}

const help = `slipway run start -f <file> [--wait] [--json]

Starts the ComponentWorkflowRun of a YAML or JSON file. One of the same name that runs already is joined, not started again.

  -f, --file <file>  the file; - is standard input
  --wait             shows the steps and ends with the run: 0 released, unchanged or superseded, 1 failed
  --json             prints one JSON object instead

  slipway run start -f run.yaml --wait
`;

/** Starts a run; with `--wait` 1 when it failed. 2 for wrong usage and for a file that holds no run. */
export async function runStart(args: readonly string[], deps: RunStartDeps, out: Out, err: Out): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    (options === '' ? out : err).write(options === '' ? help : `${options}\n\n${help}`);
    return options === '' ? 0 : 2;
  }
  let run: unknown;
  try {
    run = readRun(await deps.readFile(options.file), options.file);
  } catch (error) {
    err.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const named = ComponentWorkflowRun.pick({ metadata: true }).safeParse(run);
  if (!named.success) {
    err.write(`${options.file}: metadata.name is missing: give the run a name\n`);
    return 2;
  }
  const { name, namespace } = named.data.metadata;
  const { client, connection } = await deps.connect();
  try {
    const started = await startRun(client, { namespace: namespace ?? 'default', name, run, trigger: 'manual' });
    if (!options.wait) return reportStart(started, options.json, out);
    return await waitForEnd(started, options.json, out);
  } finally {
    await connection.close();
  }
}

function reportStart({ handle: { workflowId }, joined }: StartedRun, json: boolean, out: Out): number {
  out.write(
    json ? `${JSON.stringify({ workflowId, joined })}\n` : `${workflowId} ${joined ? 'runs already' : 'started'}\n`,
  );
  return 0;
}

async function waitForEnd(started: StartedRun, json: boolean, out: Out): Promise<number> {
  const { handle, joined } = started;
  if (!json) {
    reportStart(started, false, out);
    const screen = openScreen(out);
    await showSteps(stepEvents(watchRun(handle)), screen).finally(() => screen.close());
  }
  try {
    const result = await handle.result();
    out.write(
      json ? `${JSON.stringify({ workflowId: handle.workflowId, joined, ...result })}\n` : describeResult(result),
    );
    return 0;
  } catch (error) {
    const failure = explainFailure(error);
    const { type, step, message } = failure;
    out.write(
      json
        ? `${JSON.stringify({ workflowId: handle.workflowId, joined, outcome: 'failed', failure })}\n`
        : `${type}${step ? ` in ${step}` : ''}: ${message}\n`,
    );
    return 1;
  }
}

function describeResult({
  outcome,
  image,
  release,
  environment,
  pullRequest,
  superseded,
  warnings,
}: RunResult): string {
  const facts = [
    ['outcome', superseded ? `superseded by ${superseded.by}` : outcome],
    ['image', image],
    ['release', release && environment ? `${release} to ${environment}` : release],
    ['pull request', pullRequest?.url],
    ...warnings.map((warning) => ['warning', warning]),
  ];
  return facts.map(([name, value]) => (value ? `${name?.padEnd(13)}${value}\n` : '')).join('');
}

function readOptions(args: readonly string[]): { file: string; wait: boolean; json: boolean } | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        file: { type: 'string', short: 'f' },
        wait: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return '';
    if (values.file === undefined) return 'which file? -f <file>';
    return { file: values.file, wait: values.wait, json: values.json };
  } catch (error) {
    return error instanceof Failure || error instanceof Error ? error.message : String(error);
  }
}
