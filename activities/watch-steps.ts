import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { readRunWorkflowId } from '../src/temporal/names.ts';

/** One attempt of a step that is over. */
export interface StepEnd {
  readonly step: string;
  /** `done`, `cancelled`, or the type of its failure; `Error` for one that is not ours. */
  readonly result: string;
  readonly seconds: number;
  /** From when it was ready to run until a worker took it. */
  readonly waitedSeconds: number;
}

/** Who is told of steps. */
export interface StepWatch {
  began(step: string): void;
  ended(end: StepEnd): void;
  /** A line for the log. */
  log(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** Messages and questions between a run and its queue: too many for a line each. */
const chatter = new Set(['askForTurn', 'tellEnded', 'isRunning', 'compareCommits']);

/** Tells of every attempt of a step, and puts run, component and commit on every line that the step logs. */
export function watchSteps(watch: StepWatch): ActivityInterceptorsFactory {
  return () => {
    let subject: Subject = {};
    return {
      outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...subject }) },
      inbound: {
        async execute(input, next) {
          const { activityType: step, attempt, currentAttemptScheduledTimestampMs, workflowExecution } = activityInfo();
          const began = Date.now();
          subject = subjectOf(workflowExecution?.workflowId ?? '', input.args[0]);
          watch.began(step);
          const ended = (result: string): void => {
            const seconds = (Date.now() - began) / 1000;
            const waitedSeconds = Math.max(0, began - currentAttemptScheduledTimestampMs) / 1000;
            watch.ended({ step, result, seconds, waitedSeconds });
            // What fails is told by the SDK's own line.
            if (result === 'done' && !chatter.has(step)) watch.log('step done', { ...subject, step, attempt, seconds });
          };
          try {
            const output = await next(input);
            // The step that finds out the commit ends with it.
            subject = { ...commitIn(output), ...subject };
            ended('done');
            return output;
          } catch (error) {
            ended(error instanceof CancelledFailure ? 'cancelled' : (typeOf(error) ?? 'Error'));
            throw error;
          }
        },
      },
    };
  };
}

/** What a step is about, as far as its input tells. */
export interface Subject {
  /** `namespace/name`. */
  readonly run?: string;
  /** `namespace/project/name`. */
  readonly component?: string;
  readonly commit?: string;
}

/** Reads it from the id of the workflow and the input of the step. */
export function subjectOf(workflowId: string, input: unknown): Subject {
  const run = readRunWorkflowId(workflowId);
  const given = fieldsOf(input);
  const { namespace, project, component, source } = fieldsOf(given['plan'] ?? input);
  return {
    ...(run && { run: `${run.namespace}/${run.name}` }),
    ...(typeof component === 'string' && { component: `${namespace}/${project}/${component}` }),
    ...commitIn(source),
    ...commitIn(given),
    ...commitIn(given['source']),
  };
}

function commitIn(value: unknown): Pick<Subject, 'commit'> {
  const { commit } = fieldsOf(value);
  return typeof commit === 'string' ? { commit } : {};
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function typeOf(error: unknown): string | null | undefined {
  return error instanceof ApplicationFailure ? error.type : undefined;
}
