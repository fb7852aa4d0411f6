import { describe, expect, it } from 'vitest';
import { type ForgeCall, watchCalls } from '../../../src/forges/watch-calls.ts';

const repository = { kind: 'gitlab', host: 'git.example.com', api: '', owner: 'a', name: 'b' } as const;

async function callsOf(answer: () => Promise<Response>): Promise<ForgeCall[]> {
  const calls: ForgeCall[] = [];
  const fetch = watchCalls(answer, repository, 'git-token', (call) => calls.push(call));
  await fetch('https://git.example.com/').catch(() => {});
  return calls;
}

describe('a watched fetch', () => {
  it.each([
    ['GitHub and Bitbucket', 'x-ratelimit'],
    ['GitLab', 'ratelimit'],
  ])('tells the budget as %s say it', async (_, prefix) => {
    const headers = { [`${prefix}-remaining`]: '12', [`${prefix}-limit`]: '5000' };
    expect(await callsOf(async () => new Response('', { status: 403, headers }))).toMatchObject([
      { forge: 'gitlab', host: 'git.example.com', status: 403, budget: { remaining: 12, limit: 5000 } },
    ]);
  });

  it('tells a call without an answer, too', async () => {
    expect(await callsOf(() => Promise.reject(new Error('reset')))).toMatchObject([{ status: null, budget: null }]);
    expect(await callsOf(async () => new Response(''))).toMatchObject([{ status: 200, budget: null }]);
  });
});
