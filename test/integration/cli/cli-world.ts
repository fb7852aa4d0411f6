import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import type { Activities } from '../../../activities/index.ts';
import { readFileLog } from '../../../src/cli/log-reader.ts';
import { readFrom } from '../../../src/cli/read-from.ts';
import { readRunFile } from '../../../src/cli/read-run-file.ts';
import { runCancel } from '../../../src/cli/run-cancel.ts';
import { runGet } from '../../../src/cli/run-get.ts';
import { runList } from '../../../src/cli/run-list.ts';
import { type RunLogsDeps, runLogs } from '../../../src/cli/run-logs.ts';
import { runRetry } from '../../../src/cli/run-retry.ts';
import { type RunStartDeps, runStart } from '../../../src/cli/run-start.ts';
import { runWatch } from '../../../src/cli/run-watch.ts';
import { withRuns } from '../../../src/cli/with-runs.ts';
import { Failure, type FailureType } from '../../../src/failures.ts';
import { temporalSettings } from '../../../src/temporal/connect.ts';
import { buildHost } from '../../../src/temporal/names.ts';
import { type FakeRun, fakeSteps } from '../../support/fake-steps.ts';
import { recordOut } from '../../support/recorded-out.ts';

const commands: Readonly<Record<string, typeof runStart | typeof runLogs>> = {
  start: runStart,
  list: runList,
  get: runGet,
  watch: runWatch,
  logs: runLogs,
  cancel: runCancel,
  retry: runRetry,
};

/** What a command wrote and how it ended. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The run commands in this process, on a Temporal server; files and logs are in a folder. */
export function runCommands(address: string, folder: string, namespace = 'default') {
  const settings = temporalSettings({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
  const files = new Map<string, string>();
  const deps: RunStartDeps & RunLogsDeps = {
    withRuns: (work) => withRuns(settings, 'http://temporal', work),
    readFile: async (path) => files.get(path) ?? '',
    readRun: async (...file) => readRunFile(...file),
    place: async (execution, { ordinal, taskQueue, job: { namespace } }) => {
      const host = buildHost(taskQueue);
      const job = host === null ? { namespace: namespace ?? 'builds', name: 'slipway-job' } : null;
      return { file: logFile(folder, execution, ordinal), host, isHere: host === 'here', job };
    },
    openLog: async (execution, { ordinal }) => readFileLog(logFile(folder, execution, ordinal), readFrom),
  };
  /** Calls `slipway run <words>`; on `write` every piece of output as it comes. */
  async function slipway(words: string, write: (text: string) => void = () => {}): Promise<Called> {
    const [name = '', ...args] = words.split(' ');
    const [out, err] = [recordOut(write), recordOut(write)];
    const command = commands[name];
    if (!command) throw new Error(`no command ${name}`);
    const code = await command(args, deps, { out, err });
    return { code, out: out.text(), err: err.text() };
  }
  return { slipway, files };
}

/** Where the log of a build is in these tests. */
export function logFile(folder: string, execution: string, ordinal: number): string {
  return join(folder, `${execution}-${ordinal}.log`);
}

/** How a run of these tests behaves: as a fake run does, but that one of its steps fails. */
export interface Behaviour extends Omit<FakeRun, 'name' | 'component'> {
  readonly failIn?: keyof Activities;
  readonly failure?: FailureType;
  /** Fails so often, then succeeds. */
  readonly times?: number;
  readonly retryAfterMs?: number;
  /** Machine of the build. */
  readonly host?: string;
  readonly reused?: boolean;
  readonly older?: boolean;
}

/** Text of a run's file. */
export function runFile(name: string, behaviour: Behaviour = {}, annotations: Record<string, string> = {}): string {
  return JSON.stringify({
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name, annotations },
    spec: {
      owner: { projectName: 'shop', componentName: name.replace(/-\d+$/, '') },
      workflow: {
        name: 'docker-gitops-release',
        systemParameters: {
          repository: { url: 'https://github.com/acme/shop', revision: { branch: 'main' }, appPath: '.' },
        },
        parameters: behaviour,
      },
    },
  });
}

interface Given {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly owner: { readonly componentName: string }; readonly workflow: { parameters: Behaviour } };
}

/** Fake steps that behave as their run's parameters say; builds write a line to their log. */
export function behavingSteps(folder: string): Activities {
  const usual = fakeSteps([]);
  const behaviours = new Map<string, Behaviour>();
  const steps: Activities = {
    ...usual,
    async resolveRun({ run }) {
      const { metadata, spec } = run as Given;
      const { parameters } = spec.workflow;
      behaviours.set(metadata.name, parameters);
      fail('resolveRun', parameters);
      const fake = { ...parameters, name: metadata.name, component: spec.owner.componentName };
      const { plan, ...rest } = await usual.resolveRun({ run: fake });
      const kind = metadata.annotations?.['slipway.dev/trigger'] === 'webhook' ? 'webhook' : 'manual';
      const buildTaskQueue = parameters.host ? `slipway-build-${parameters.host}` : rest.buildTaskQueue;
      return { ...rest, buildTaskQueue, plan: { ...plan, trigger: { ...plan.trigger, kind } } };
    },
    async buildImage(request) {
      const { execution, ordinal } = request.id;
      await writeFile(logFile(folder, execution, ordinal), `building ${request.plan.run}, build ${ordinal}\n`);
      const built = await usual.buildImage(request);
      return { ...built, reused: behaviours.get(request.plan.run)?.reused ?? false };
    },
  };
  const entries = Object.entries(steps).map(([name, step]) => [
    name,
    (input: { plan?: { run: string } }) => {
      fail(name, behaviours.get(input.plan?.run ?? '') ?? {});
      return (step as (input: unknown) => unknown)(input);
    },
  ]);
  return { ...Object.fromEntries(entries), isRunning: usual.isRunning, askForTurn: usual.askForTurn } as Activities;
}

function fail(step: string, { failIn, failure, times = Number.POSITIVE_INFINITY, retryAfterMs }: Behaviour): void {
  if (failIn !== step || failure === undefined || activityInfo().attempt > times) return;
  const message = `${step} met ${failure}. Mend it, then retry the run.`;
  throw new Failure(failure, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
