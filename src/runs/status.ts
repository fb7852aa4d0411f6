import type { SupersedeReason } from './queue.ts';

/** What a run tells about itself while it runs and afterwards: the query `status`, and the source of its details in the Temporal UI. */
export interface RunStatus {
  readonly steps: readonly StepStatus[];
  readonly component: string | null;
  readonly commit: string | null;
  readonly image: string | null;
  readonly pullRequest: { readonly number: number; readonly url: string } | null;
  /** Set while the run waits for something other than its own work: its turn, a rate limit, a host that is away. */
  readonly waiting: Waiting | null;
  readonly warnings: readonly string[];
}

/** A run of which nothing is known yet. */
export const nothingKnown: RunStatus = {
  steps: [],
  component: null,
  commit: null,
  image: null,
  pullRequest: null,
  waiting: null,
  warnings: [],
};

export interface StepStatus {
  readonly name: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly note: string;
}

export interface Waiting {
  readonly step: string;
  readonly reason: string;
  /** Milliseconds since 1970, or null where nobody knows. */
  readonly until: number | null;
}

/** How a run ended, when it ended well; failures and cancellations are Temporal's. */
export interface RunResult {
  readonly outcome: 'released' | 'unchanged' | 'superseded';
  readonly commit: string;
  readonly image: string | null;
  readonly release: string | null;
  /** The ReleaseBinding. */
  readonly binding: string | null;
  readonly environment: string | null;
  readonly branch: string | null;
  readonly pullRequest: { readonly number: number; readonly url: string } | null;
  /** Only of a superseded run: by which run, and why. */
  readonly superseded: { readonly by: string; readonly reason: SupersedeReason } | null;
  readonly warnings: readonly string[];
}

const marks: Record<StepStatus['state'], string> = { running: '▶', done: '✓', failed: '✗', cancelled: '–' };

/** The run's details as Markdown, for the Temporal UI. */
export function runDetails(status: RunStatus): string {
  const facts = [
    ['Component', status.component],
    ['Commit', status.commit && `\`${status.commit}\``],
    ['Image', status.image && `\`${status.image}\``],
    ['Pull request', status.pullRequest && `[#${status.pullRequest.number}](${status.pullRequest.url})`],
    ['Waiting', status.waiting && waitingText(status.waiting)],
  ].filter(([, value]) => value);
  return [
    ...facts.map(([name, value]) => `**${name}:** ${value}  `),
    '',
    '| | step | seconds | |',
    '|---|---|---|---|',
    ...status.steps.map((step) => `| ${marks[step.state]} | ${step.name} | ${seconds(step)} | ${cell(step.note)} |`),
    ...(status.warnings.length > 0 ? ['', '**Warnings**', ...status.warnings.map((warning) => `- ${warning}`)] : []),
  ].join('\n');
}

/** One line on what a run waits for. */
export function waitingText({ step, reason, until }: Waiting): string {
  return `${step}: ${reason}${until === null ? '' : `; waiting until ${new Date(until).toISOString()}`}`;
}

function seconds({ startedAt, endedAt }: StepStatus): string {
  return endedAt === null ? '…' : ((endedAt - startedAt) / 1000).toFixed(1);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
