import { describe, expect, it } from 'vitest';
import type { ForgeAnswer } from '../../../src/doctor/ask-forge.ts';
import { judgeBranch } from '../../../src/doctor/base-branch.ts';
import { judgeClock } from '../../../src/doctor/clock.ts';
import { judgeStatus } from '../../../src/doctor/commit-status.ts';
import { judgeSpace } from '../../../src/doctor/disk.ts';
import { judgeToken } from '../../../src/doctor/gitops-token.ts';
import { judgeOpening } from '../../../src/doctor/pull-requests.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}): ForgeAnswer => ({
  forge: 'github',
  status,
  headers: new Headers(headers),
  body,
  message: status === 200 ? '' : 'as the forge says',
});
const writable = { full_name: 'acme/gitops', archived: false, permissions: { push: true } };

describe('judgeToken', () => {
  it('is content with a token that may push, and tells its scopes', () => {
    expect(judgeToken(answer(200, writable, { 'x-oauth-scopes': 'repo, gist' }), now)).toEqual({
      state: 'ok',
      text: 'accepted, may push; scopes: repo, gist',
    });
  });

  it('tells whose token it is where a GitHub App makes it', () => {
    const app = { id: '4711', slug: 'slipway-releases' };

    expect(judgeToken({ ...answer(200, writable), app }, now)).toEqual({
      state: 'ok',
      text: 'accepted, may push; made for the GitHub App slipway-releases (4711)',
    });
  });

  it('warns a week before the token expires', () => {
    const expiring = (date: string) =>
      judgeToken(answer(200, writable, { 'github-authentication-token-expiration': date }), now);

    expect(expiring('2026-05-04 10:00:00 UTC')).toMatchObject({
      state: 'warn',
      text: expect.stringContaining('2026-05-04'),
    });
    expect(expiring('2026-09-04 10:00:00 UTC')).toMatchObject({ state: 'ok' });
  });

  it.each([
    ['is not accepted', answer(401), /expired or was revoked \(as the forge says\)/],
    ['does not see the repository', answer(404, {}, { 'x-oauth-scopes': '' }), /answers 404 .*scopes: none/],
    ['may only read', answer(200, { ...writable, permissions: { push: false } }), /not push/],
    ['meets an archived repository', answer(200, { ...writable, archived: true }), /archived/],
    ['meets one without pull requests', answer(200, { ...writable, has_pull_requests: false }), /turned off/],
    ['meets a login page', answer(200, null), /not one of the code host's API/],
  ])('fails a token that %s, with the fix', (_, given, text) => {
    expect(judgeToken(given, now)).toMatchObject({
      state: 'fail',
      text: expect.stringMatching(text),
      fix: expect.any(String),
    });
  });
});

describe('the probes that no forge can obey', () => {
  it('take the refusal of the request itself for the right to make it', () => {
    expect(judgeOpening(answer(422))).toMatchObject({ state: 'ok' });
    expect(judgeStatus(answer(422))).toMatchObject({ state: 'ok' });
  });

  it('fail for pull requests, and only warn for statuses, where the token may not', () => {
    expect(judgeOpening(answer(403))).toMatchObject({ state: 'fail', fix: expect.stringContaining('Pull requests') });
    expect(judgeOpening(answer(410))).toMatchObject({ state: 'fail', fix: expect.stringContaining('turn them on') });
    expect(judgeStatus(answer(404))).toMatchObject({ state: 'warn', fix: expect.stringContaining('Commit statuses') });
  });
});

describe('judgeBranch', () => {
  it('wants the base branch there, and protected', () => {
    expect(judgeBranch('main', answer(404))).toMatchObject({ state: 'fail', text: 'there is no branch main' });
    expect(judgeBranch('main', answer(200, { protected: false }))).toMatchObject({ state: 'warn' });
    expect(judgeBranch('main', answer(200, { protected: true }))).toMatchObject({ state: 'ok' });
  });
});

describe('judgeClock', () => {
  it('warns of more than a minute, in either direction', () => {
    expect(judgeClock('Fri, 01 May 2026 12:00:40 GMT', now)).toMatchObject({ state: 'ok' });
    expect(judgeClock('Fri, 01 May 2026 12:02:00 GMT', now)).toMatchObject({
      state: 'warn',
      text: expect.stringMatching(/^120 s behind/),
    });
    expect(judgeClock('Fri, 01 May 2026 11:55:00 GMT', now)).toMatchObject({
      state: 'warn',
      text: expect.stringMatching(/^300 s ahead/),
    });
  });
});

describe('judgeSpace', () => {
  it('warns below ten gigabytes and fails below one', () => {
    const states = [20e9, 5e9, 0.5e9].map((free) => judgeSpace('/builds', free, 'SLIPWAY_BUILD_DIRECTORY').state);

    expect(states).toEqual(['ok', 'warn', 'fail']);
    expect(judgeSpace('/builds', 5e9, 'SLIPWAY_BUILD_DIRECTORY')).toMatchObject({
      text: '/builds: 5.0 GB free',
      fix: expect.stringContaining('SLIPWAY_BUILD_DIRECTORY'),
    });
  });
});
