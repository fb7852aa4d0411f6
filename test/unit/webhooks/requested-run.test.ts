import { describe, expect, it } from 'vitest';
import { readRunRequest } from '../../../src/runs/run-request.ts';
import type { Push } from '../../../src/webhooks/delivery.ts';
import { requestedRun } from '../../../src/webhooks/requested-run.ts';
import { first, push, pushPayloads, second } from '../../support/payloads.ts';
import { plan } from '../runs/sample-resources.ts';
import { catalogWith, match } from './matching.ts';

const catalog = catalogWith([{}]);
const receivedAt = '2026-02-28T12:00:00.000Z';

async function runOf(pushed: Push) {
  const [found] = await match(pushed, catalog);
  return found && requestedRun(found, pushed, receivedAt);
}

const nameOf = async (pushed: Push) => readRunRequest(await runOf(pushed), null).name;

describe('the run that a push starts', () => {
  it('builds the pushed commit with the component’s own parameters, and says who asked', async () => {
    const pushed = push('github', pushPayloads.github());
    const made = await plan(await runOf(pushed), { catalog });

    expect(made).toMatchObject({
      namespace: 'default',
      project: 'shop',
      component: 'api',
      source: { repository: 'https://github.com/org/repo', branch: 'main', commit: second, appPath: 'svc' },
      build: { context: 'svc', dockerfile: 'svc/Dockerfile' },
      trigger: { kind: 'webhook', actor: 'ada', delivery: `github/${pushed.id}`, before: first, receivedAt },
    });
    expect(made.run).toMatch(/^api-2{12}-[0-9a-f]{6}$/);
  });

  it('is the same for a push that is delivered again, or told by another webhook of GitHub', async () => {
    const name = await nameOf(push('github', pushPayloads.github()));

    expect(await nameOf(push('github', pushPayloads.github()))).toBe(name);
    expect(await nameOf(push('github', pushPayloads.github(), { 'x-github-delivery': 'other' }))).toBe(name);
  });

  it.each(['github', 'gitlab', 'gitea'] as const)(
    'is another one at %s when a branch goes there, back, and there again',
    async (provider) => {
      const url = 'https://github.com/org/repo';
      const pushes = [
        { before: first, after: second },
        { before: second, after: first },
        { before: first, after: second },
      ].map((move, at) => {
        const repository = { clone_url: url, pushed_at: at };
        const payload = pushPayloads[provider]({ ...move, repository });
        return push(provider, payload, { 'idempotency-key': `${at}`, 'x-gitea-delivery': `${at}` });
      });
      const names = pushes.map((pushed) => nameOf({ ...pushed, provider: 'github', urls: [url] }));

      expect(new Set(await Promise.all(names)).size).toBe(3);
    },
  );

  it('is none where the verdict is to skip', async () => {
    expect(await runOf(push('github', pushPayloads.github({ ref: 'refs/heads/dev' })))).toBeUndefined();
  });
});
