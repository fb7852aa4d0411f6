import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../activities/failures.ts';
import { Failure, type FailureType, retryableByType } from '../../../src/failures.ts';

const circumstances = { attempt: 1, step: 'cloneSource', waitedMs: 0 };
const translated = (failure: Failure, more: Partial<typeof circumstances> = {}) =>
  toFailure(failure, { ...circumstances, ...more }) as ApplicationFailure;

describe('a failure of ours', () => {
  it.each(Object.entries(retryableByType))('of type %s is retried: %s', (type, retried) => {
    const failure = translated(new Failure(type as FailureType, 'text'));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, message: 'text', nonRetryable: !retried });
  });

  it('of type AccessDenied is final on the third attempt', () => {
    const failure = new Failure('AccessDenied', 'no');
    expect(translated(failure, { attempt: 2 }).nonRetryable).toBe(false);
    expect(translated(failure, { attempt: 3 }).nonRetryable).toBe(true);
  });

  it('waits as long as the server said', () => {
    expect(translated(new Failure('RateLimited', 'later', { retryAfterMs: 90_000 })).nextRetryDelay).toBe(90_000);
  });

  it('over an unknown host is final after five minutes, but only before there is an image', () => {
    const failure = new Failure('Unavailable', 'no such host', { hostUnknown: true });
    expect(translated(failure, { waitedMs: 299_000 }).nonRetryable).toBe(false);
    expect(translated(failure, { waitedMs: 300_000 }).nonRetryable).toBe(true);
    expect(translated(failure, { waitedMs: 300_000, step: 'pushImage' }).nonRetryable).toBe(false);
  });

  it('is cut to a size that history can bear', () => {
    expect(translated(new Failure('BuildFailed', 'x'.repeat(10_000))).message).toHaveLength(4_000);
  });
});

it('says of a full disk which one it is, and tries again', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', path: '/cache/git/x' });
  expect(toFailure(error, circumstances)).toMatchObject({
    type: 'Unavailable',
    nonRetryable: false,
    message: expect.stringContaining("The worker's disk is full at /cache/git/x"),
  });
});

it('leaves other errors to Temporal', () => {
  const error = new Error('odd');
  expect(toFailure(error, circumstances)).toBe(error);
});
