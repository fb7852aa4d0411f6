import { Counter, Gauge, Histogram } from 'prom-client';
import type { ResultWatch } from '../../activities/count-results.ts';
import type { StepWatch } from '../../activities/watch-steps.ts';
import type { RunEnded } from '../../workflows/tell-run.ts';
import { retryableByType } from '../failures.ts';
import type { ForgeCall } from '../forges/watch-calls.ts';
import type { GitCall } from '../git/settings.ts';
import { createRegistry, type MetricsText, metricsText } from './metrics-text.ts';

/** A worker's numbers for Prometheus. */
export interface WorkerMetrics extends MetricsText, ResultWatch, Omit<StepWatch, 'log'> {
  runEnded(end: Pick<RunEnded, 'outcome' | 'failure' | 'seconds'>): void;
  turn(seconds: number): void;
  gitCall(call: GitCall): void;
  forgeCall(call: ForgeCall): void;
}

const callBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const stepBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const longBuckets = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];

/**
 * A worker's numbers and those of its process, in a registry of their own. Labels are words of ours; of hosts only `hosts` are told
 * apart, for a source may be anywhere.
 */
export function createWorkerMetrics(hosts: readonly string[]): WorkerMetrics {
  const register = createRegistry('worker');
  const registers = [register];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name, help, buckets, labelNames, registers });

  const runs = counter('slipway_runs_total', 'Runs that ended.', 'outcome', 'failure');
  const runSeconds = histogram('slipway_run_seconds', 'From start to end of a run.', longBuckets, 'outcome');
  const turns = histogram('slipway_turn_wait_seconds', 'What a run waited for its turn.', longBuckets);
  const steps = histogram('slipway_step_seconds', 'One attempt of a step.', stepBuckets, 'step', 'result');
  const stepFailures = counter('slipway_step_failures_total', 'Attempts that failed.', 'step', 'failure');
  const stepWait = histogram('slipway_step_wait_seconds', 'What an attempt waited for a worker.', stepBuckets, 'queue');
  const running = gauge('slipway_steps_running', 'Attempts that this worker is at.', 'step');
  const builds = counter('slipway_builds_total', 'Builds asked for.', 'kind', 'result');
  const buildSeconds = histogram('slipway_build_seconds', 'One attempt of a build.', longBuckets, 'kind', 'result');
  const verdicts = counter('slipway_verdicts_total', 'Components judged.', 'source', 'outcome', 'reason');
  const git = histogram('slipway_git_call_seconds', 'Calls to git hosts.', callBuckets, 'operation', 'host', 'result');
  const forge = histogram('slipway_forge_call_seconds', 'Calls to forges.', callBuckets, 'forge', 'host', 'status');
  const budget = gauge('slipway_forge_budget_remaining', 'Calls left, as the forge said.', 'host', 'credential');
  const limit = gauge('slipway_forge_budget_limit', 'Calls allowed, as the forge said.', 'host', 'credential');

  // What alerts count must be there before it happens: a first one that comes out of nothing is not seen.
  for (const failure of Object.keys(retryableByType)) runs.inc({ outcome: 'failed', failure }, 0);
  for (const kind of ['docker', 'react', 'buildpacks']) builds.inc({ kind, result: 'BuildInfrastructure' }, 0);
  verdicts.inc({ source: 'sweep', outcome: 'start', reason: 'matched' }, 0);

  const known = new Set(hosts.map((host) => host.toLowerCase()));
  const named = (host: string) => (known.has(host.toLowerCase()) ? host.toLowerCase() : 'other');

  return {
    ...metricsText(register),
    runEnded({ outcome, failure, seconds }) {
      runs.inc({ outcome, failure: failure === null ? '' : failureWord(failure) });
      runSeconds.observe({ outcome }, seconds);
    },
    turn: (seconds) => turns.observe(seconds),
    began: (step) => running.inc({ step }),
    ended({ step, result, seconds, waitedSeconds }) {
      running.dec({ step });
      const isFailure = result !== 'done' && result !== 'cancelled';
      steps.observe({ step, result: isFailure ? 'failed' : result }, seconds);
      if (isFailure) stepFailures.inc({ step, failure: failureWord(result) });
      stepWait.observe({ queue: step === 'buildImage' ? 'builds' : 'steps' }, waitedSeconds);
    },
    build(kind, result, seconds) {
      const isEnd = ['built', 'reused', 'cancelled'].includes(result);
      builds.inc({ kind, result: isEnd ? result : failureWord(result) });
      buildSeconds.observe({ kind, result: isEnd ? result : 'failed' }, seconds);
    },
    verdicts: (source, outcome, reason, count) => verdicts.inc({ source, outcome, reason }, count),
    gitCall: ({ operation, host, isDone, seconds }) =>
      git.observe({ operation, host: named(host), result: isDone ? 'done' : 'failed' }, seconds),
    forgeCall({ forge: kind, host, credential, status, seconds, budget: told }) {
      forge.observe({ forge: kind, host: named(host), status: status ?? 'none' }, seconds);
      if (told === null) return;
      budget.set({ host: named(host), credential }, told.remaining);
      limit.set({ host: named(host), credential }, told.limit);
    },
  };
}

/** The types of failures are few; whatever else is thrown counts as one. */
function failureWord(type: string): string {
  return Object.hasOwn(retryableByType, type) ? type : 'Error';
}
