import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { RetryState, TimeoutType } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../src/temporal/explain-failure.ts';

const ended = (cause: Error) => new WorkflowFailedError('failed', cause, RetryState.NON_RETRYABLE_FAILURE);
const inStep = (cause: Error) =>
  ended(new ActivityFailure('failed', 'cloneSource', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause));
const failure = ApplicationFailure.nonRetryable('No such branch.', 'SourceNotFound');

describe('explainFailure', () => {
  it('finds the type, the step and the message', () => {
    expect(explainFailure(inStep(failure))).toEqual({
      type: 'SourceNotFound',
      step: 'cloneSource',
      message: 'No such branch.',
    });
    expect(explainFailure(ended(failure))).toMatchObject({ type: 'SourceNotFound', step: null });
  });

  it('tells the last failure of a step that was tried until its time was over', () => {
    const away = new TimeoutFailure('timed out', undefined, TimeoutType.SCHEDULE_TO_CLOSE);
    (away as { cause?: Error }).cause = ApplicationFailure.retryable('github.com is away.', 'Unavailable');
    expect(explainFailure(inStep(away))).toEqual({
      type: 'Unavailable',
      step: 'cloneSource',
      message: 'It was tried again and again until the time for this step was over. The last try: github.com is away.',
    });
  });

  it('tells a step whose worker went away from a run that took too long', () => {
    const timeout = new TimeoutFailure('timed out', undefined, TimeoutType.HEARTBEAT);
    expect(explainFailure(inStep(timeout))).toMatchObject({
      type: 'TimedOut',
      step: 'cloneSource',
      message: expect.stringMatching(/^The step/),
    });
    expect(explainFailure(ended(timeout))).toMatchObject({
      type: 'TimedOut',
      step: null,
      message: expect.stringMatching(/^The run/),
    });
  });

  it('tells a cancelled run from a terminated one, with the reason', () => {
    expect(explainFailure(ended(new CancelledFailure('Workflow canceled')))).toMatchObject({ type: 'Cancelled' });
    expect(explainFailure(ended(new TerminatedFailure('by mistake'))).message).toContain('terminated (by mistake);');
    expect(explainFailure(ended(new TerminatedFailure('Workflow execution terminated'))).message).toContain(
      'terminated; it',
    );
  });

  it('gives anything else as it is', () => {
    expect(explainFailure(new Error('odd'))).toEqual({ type: 'Error', step: null, message: 'odd' });
  });
});
