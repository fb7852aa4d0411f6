import type { RunResult, StepStatus } from '../runs/status.ts';
import type { RunDescription } from '../temporal/describe-run.ts';
import type { EndedRun, ExplainedFailure } from '../temporal/explain-failure.ts';
import type { RunSummary } from '../temporal/run-summary.ts';
import { type Out, paint } from './out.ts';
import { missingWorker, noteOf, waitOf } from './run-steps.ts';
import { dayAndTime, duration } from './times.ts';
import { indent, wrap } from './wrap.ts';

/** A run's end in a few lines. */
export function endText(end: EndedRun, out: Out): string {
  return end.kind === 'ended' ? resultText(end.result) : failureText(end.failure, out);
}

/** The same as one JSON object's fields. */
export function endJson(end: EndedRun): object {
  if (end.kind === 'ended') return end.result;
  const { type } = end.failure;
  return { outcome: type === 'Cancelled' ? 'cancelled' : 'failed', failure: end.failure };
}

/** A run in full: what it is about, its steps with attempts and reasons, and how it ended. */
export function descriptionText(run: RunDescription, link: string | null, now: number, out: Out): string {
  const { status, result, failure, startedAt, endedAt } = run;
  const took = duration((endedAt ? Date.parse(endedAt) : now) - Date.parse(startedAt));
  const own = [run.namespace, run.project, run.component].filter((part) => part !== null).join('/');
  const steps = status.steps.map((step) => stepLine(step, run, now, out));
  const facts = [
    ['run', `${run.namespace}/${run.name}`],
    ['outcome', outcomeText(run)],
    ['component', run.component ? own : status.component],
    ['commit', run.commit ?? status.commit ?? result?.commit],
    ['image', status.image ?? result?.image],
    ['release', result && releaseText(result)],
    ['pull request', (status.pullRequest ?? result?.pullRequest)?.url],
    ['started', `${dayAndTime(startedAt)} UTC, ${endedAt ? 'took' : 'for'} ${took}`],
    ['execution', run.execution],
    ['Temporal', link],
    ['worker', run.withoutWorker.length > 0 ? missingWorker(run.withoutWorker.join(' and ')) : null],
    ...(steps.length === 0 ? pendingFacts(run) : []),
    ...[...new Set([...status.warnings, ...(result?.warnings ?? [])])].map((warning) => ['warning', warning]),
  ];
  return [
    factLines(facts),
    ...(steps.length > 0 ? ['\n', ...steps] : []),
    ...(failure ? ['\n', failureText(failure, out)] : []),
  ].join('');
}

/** A table of runs, a line each below a heading. */
export function listText(runs: readonly RunSummary[], now: number): string {
  const rows = [
    ['RUN', 'COMPONENT', 'OUTCOME', 'COMMIT', 'STARTED (UTC)', 'TOOK'],
    ...runs.map((run) => [
      `${run.namespace}/${run.name}`,
      run.component ?? '-',
      run.outcome === 'running' && run.phase ? `running: ${run.phase}` : run.outcome,
      run.commit?.slice(0, 8) ?? '-',
      dayAndTime(run.startedAt),
      duration((run.endedAt ? Date.parse(run.endedAt) : now) - Date.parse(run.startedAt)),
    ]),
  ];
  const widths = rows.reduce<number[]>((sum, row) => row.map((cell, at) => Math.max(sum[at] ?? 0, cell.length)), []);
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd()).join('\n');
}

function resultText(result: RunResult): string {
  const { outcome, image, pullRequest, superseded, warnings } = result;
  return factLines([
    ['outcome', superseded ? supersededText(superseded) : outcome],
    ['image', image],
    ['release', releaseText(result)],
    ['pull request', pullRequest?.url],
    ...warnings.map((warning) => ['warning', warning]),
  ]);
}

function failureText({ type, step, message }: ExplainedFailure, out: Out): string {
  const where = `${type}${step ? ` in ${step}` : ''}:`;
  return `${paint(out, 'red', where)} ${wrap(message, where.length + 1)}\n`;
}

function outcomeText({ outcome, phase, result, failure }: RunDescription): string {
  if (result?.superseded) return supersededText(result.superseded);
  if (failure?.step) return `${outcome} in ${failure.step}`;
  return outcome === 'running' && phase ? `running, ${phase} phase` : (result?.outcome ?? outcome);
}

function supersededText({ by, reason }: NonNullable<RunResult['superseded']>): string {
  const why = {
    newer: 'a newer one',
    older: 'its commit is older than that of the other',
    duplicate: 'the same commit was asked for already',
  };
  return `superseded by ${by}: ${why[reason]}`;
}

function releaseText({ release, environment }: RunResult): string | null {
  return release && environment ? `${release} to ${environment}` : release;
}

const marks = {
  running: ['…', 'yellow'],
  done: ['✓', 'green'],
  failed: ['✗', 'red'],
  cancelled: ['–', 'grey'],
} as const;

function stepLine(step: StepStatus, { status, pending }: RunDescription, now: number, out: Out): string {
  const [mark, colour] = marks[step.state];
  const trying = step.state === 'running' ? pending.find((other) => other.step === step.name) : undefined;
  const wait = waitOf(step, status, trying);
  const attempt = trying && trying.attempt > 1 ? `attempt ${trying.attempt}, ` : '';
  const took = duration((step.endedAt ?? now) - step.startedAt).padStart(12);
  const start = `${step.name.padEnd(18)}${took}`;
  const text = `${attempt}${wait ? `waiting ${wait}` : noteOf(step, trying)}`;
  const fits = start.length + text.length + 4 <= 100 && !text.includes('\n');
  return `${paint(out, colour, mark)} ${fits ? `${start}  ${text}`.trimEnd() : `${start}\n    ${indent(text, 4)}`}\n`;
}

function pendingFacts({ pending }: RunDescription): readonly (readonly string[])[] {
  return pending.map(({ step, attempt, lastFailure }) => [
    'step',
    `${step}, attempt ${attempt}${lastFailure ? `, after: ${lastFailure}` : ''}`,
  ]);
}

function factLines(facts: readonly (readonly (string | null | undefined)[])[]): string {
  return facts.map(([name, value]) => (value ? `${name?.padEnd(13)}${indent(value, 13)}\n` : '')).join('');
}
