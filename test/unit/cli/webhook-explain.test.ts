import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { webhookExplain } from '../../../src/cli/webhook-explain.ts';
import { Failure } from '../../../src/failures.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { createFindCandidates } from '../../../src/webhooks/candidates.ts';
import { bitbucketChange, commit, pushPayloads, recorded, second } from '../../support/payloads.ts';
import { recordOut } from '../../support/recorded-out.ts';
import { catalogWith } from '../webhooks/matching.ts';

const samples = [{}, { name: 'web', appPath: 'web' }, { name: 'far', url: 'https://github.com/a/b' }];

async function explain(options: {
  readonly provider?: string;
  readonly headers?: string;
  readonly payload?: unknown;
  readonly catalog?: Catalog;
  readonly args?: readonly string[];
}) {
  const { provider = 'github', headers = 'X-GitHub-Event: push', payload = pushPayloads.github() } = options;
  const files = new Map([
    ['headers', headers],
    ['payload', typeof payload === 'string' ? payload : JSON.stringify(payload)],
  ]);
  const out = recordOut();
  const err = recordOut();
  const deps = {
    readFile: async (path: string) => {
      const text = files.get(path);
      if (text === undefined) throw new Error('no such file');
      return Buffer.from(text);
    },
    openTools: async () => ({
      catalog: options.catalog ?? catalogWith(samples),
      findCandidates: createFindCandidates(builtInFlows),
      hosts: { aliases: {}, caseless: [] },
    }),
  };
  const usual = ['--provider', provider, '--headers', 'headers', '--payload', 'payload', '--catalog', 'gitops'];
  const code = await webhookExplain(options.args ?? [...usual, '--json'], deps, { out, err });
  const people = recordOut();
  if (!options.args) await webhookExplain(usual, deps, { out: people, err: recordOut() });
  return { code, json: () => JSON.parse(out.text()), text: people.text(), err: err.text() };
}

describe('webhook explain', () => {
  it('prints the promised JSON with a verdict for every component', async () => {
    const { code, json } = await explain({});
    const at = { branch: 'main', commit: second };

    expect(code).toBe(0);
    expect(json()).toEqual({
      provider: 'github',
      event: 'push',
      ignored: null,
      repository: 'https://github.com/Org/Repo.git',
      ...at,
      paths: { complete: true, count: 1 },
      verdicts: [
        { component: 'default/shop/api', outcome: 'start', reason: 'matched', detail: expect.any(String), ...at },
        {
          component: 'default/shop/web',
          outcome: 'skip',
          reason: 'paths',
          detail: expect.stringContaining('web'),
          ...at,
        },
        {
          component: 'default/shop/far',
          outcome: 'skip',
          reason: 'other-repository',
          detail: expect.any(String),
          ...at,
        },
      ],
    });
  });

  it('prints the same for people', async () => {
    const { text } = await explain({});
    expect(text).toContain('main at 222222222222');
    expect(text).toMatch(/^start {2}default\/shop\/api {2}matched: /m);
    expect(text).toMatch(/^skip {3}default\/shop\/web {2}paths: /m);
  });

  it('counts incomplete paths as matching', async () => {
    const { json } = await explain({
      payload: pushPayloads.github({ forced: true, commits: [commit({ paths: ['x', 'y'] })] }),
    });
    expect(json()).toMatchObject({
      paths: { complete: false, count: 2 },
      verdicts: [{ outcome: 'start' }, { outcome: 'start' }, {}],
    });
  });

  it('says why a delivery is ignored, and nothing of components', async () => {
    const { code, json, text } = await explain({
      headers: '{"X-GITHUB-EVENT":"ping"}',
      payload: recorded('github/ping'),
    });
    expect(code).toBe(0);
    expect(json()).toEqual({
      provider: 'github',
      event: 'ping',
      ignored: 'ping',
      repository: null,
      branch: null,
      commit: null,
      paths: { complete: false, count: 0 },
      verdicts: [],
    });
    expect(text).toBe('The delivery of github (ping) is ignored: ping\n');
  });

  it('has no single branch where a delivery is about several', async () => {
    const { json } = await explain({
      provider: 'bitbucket',
      headers: 'X-Event-Key: repo:push',
      payload: pushPayloads.bitbucket(bitbucketChange(), bitbucketChange()),
      catalog: catalogWith([{ url: 'https://bitbucket.org/org/repo' }]),
    });
    expect(json()).toMatchObject({
      branch: null,
      commit: null,
      verdicts: [{ outcome: 'start', branch: 'main', commit: second }],
    });
    expect(json().verdicts).toHaveLength(1);
  });

  it('ends with 1 where the payload or the catalog cannot be read', async () => {
    const broken = await explain({ payload: '{"ref"' });
    expect(broken.code).toBe(1);
    expect(broken.json()).toEqual({ failure: { type: 'PayloadError', message: 'the payload is no JSON' } });
    expect(broken.err).toBe('PayloadError: the payload is no JSON\n');

    const away = {
      ...catalogWith([]),
      now: () => Promise.reject(new Failure('Unavailable', 'the folder is not there')),
    };
    const failed = await explain({ catalog: away, payload: pushPayloads.github() }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 1, err: 'Unavailable: the folder is not there\n' });
  });

  it.each([
    [
      ['--provider', 'githup', '--headers', 'headers', '--payload', 'payload', '--catalog', 'x'],
      'Did you mean github?',
    ],
    [['--headers', 'headers', '--payload', 'payload', '--catalog', 'x'], 'which provider?'],
    [['--provider', 'github', '--payload', 'payload', '--catalog', 'x'], '--headers FILE'],
    [['--provider', 'github', '--headers', 'none', '--payload', 'payload', '--catalog', 'x'], 'none cannot be read'],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, err } = await explain({ args });
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
