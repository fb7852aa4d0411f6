import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/failures.ts';
import { readRunLogs } from '../../../src/logs/read-run-logs.ts';
import type { RunBuilds } from '../../../src/temporal/find-builds.ts';
import { type ServedApp, serveApp } from '../../support/served-app.ts';

const job = { namespace: null, plane: undefined };
const build = { taskQueue: 'slipway-build', job, state: 'done', reused: false } as const;
const builds: RunBuilds = {
  execution: 'e',
  closed: true,
  builds: [
    { ...build, ordinal: 1 },
    { ...build, ordinal: 2 },
    { ...build, ordinal: 3, reused: true },
  ],
};
const store = {
  place: '',
  put: () => Promise.reject(new Error('nobody writes here')),
  olderThan: async () => [],
  remove: async () => undefined,
  async get({ run, ordinal }: { readonly run: string; readonly ordinal: number }) {
    if (run === 'away') throw new Failure('Unavailable', 'the store at a place that is nobody’s business is away');
    const log = Buffer.from(`build ${ordinal} of ${run}\n`);
    return run === 'forgotten'
      ? null
      : (async function* () {
          yield log;
        })();
  },
};
const findBuilds = async (_namespace: string, name: string) => (name === 'unknown' ? null : builds);
let served: ServedApp;

beforeAll(async () => {
  served = await serveApp({
    secrets: {
      'api-token': [
        { namespace: null, value: 'token-of-all' },
        { namespace: 'team-a', value: 'token-of-team-a' },
      ],
    },
    readRunLogs: (...run) => readRunLogs({ store, findBuilds }, ...run),
  });
});
afterAll(() => served?.stop());

async function ask(path: string, token = 'token-of-all'): Promise<readonly [number, string]> {
  const response = await fetch(`${served.url}/api/v1/runs/${path}`, { headers: { authorization: `Bearer ${token}` } });
  return [response.status, await response.text()];
}

describe("a run's log", () => {
  it('is that of its builds, or of one of them, as plain text', async () => {
    expect(await ask('default/api/logs')).toEqual([200, 'build 1 of api\n=== build 2 ===\nbuild 2 of api\n']);
    expect(await ask('default/api/logs?build=2')).toEqual([200, 'build 2 of api\n']);
    const { headers } = await fetch(`${served.url}/api/v1/runs/default/api/logs`, {
      headers: { authorization: 'Bearer token-of-all' },
    });
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it("is for who has the general token, or that of the run's namespace", async () => {
    expect(await ask('team-a/api/logs', 'token-of-team-a')).toMatchObject([200, expect.any(String)]);
    expect(await ask('default/api/logs', 'token-of-team-a')).toMatchObject([404, expect.any(String)]);
    expect(await ask('default/api/logs', 'wrong')).toMatchObject([401, expect.any(String)]);
  });

  it.each(['default/unknown/logs', 'default/forgotten/logs', 'default/api/logs?build=3', 'default/api/logs?build=x'])(
    'is not there for %s',
    async (path) => expect(await ask(path)).toEqual([404, JSON.stringify({ error: 'no log is kept of such a run' })]),
  );

  it('is worth asking for again where the store is away', async () => {
    expect(await ask('default/away/logs')).toEqual([
      503,
      JSON.stringify({ error: 'not available at the moment; send it again' }),
    ]);
  });

  it('is not there where logs are kept nowhere', async () => {
    const without = await serveApp({ secrets: { 'api-token': [{ namespace: null, value: 'token-of-all' }] } });
    const headers = { authorization: 'Bearer token-of-all' };
    expect((await fetch(`${without.url}/api/v1/runs/default/api/logs`, { headers })).status).toBe(404);
    await without.stop();
  });
});
