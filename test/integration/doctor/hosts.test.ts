import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { openConnections } from '../../../src/connections.ts';
import { type Finding, runChecks } from '../../../src/doctor/check.ts';
import { planChecks } from '../../../src/doctor/checks.ts';
import { parseRepositoryUrl } from '../../../src/forges/repository-url.ts';
import { askHead } from '../../../src/git/ask-head.ts';
import { probePull, probePush } from '../../../src/registry/probe-registry.ts';
import { createRegistryCall } from '../../../src/registry/registry-call.ts';
import type { Plan } from '../../../src/runs/plan.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { plan as planOf, sampleRun } from '../../unit/runs/sample-resources.ts';
import { startWorld, type TestWorld, tokens } from '../forges/world.ts';

const password = 'registry-password-8c1d';
let world: TestWorld;
let registry: TestRegistry;
let cache: string;

beforeAll(async () => {
  [world, registry, cache] = await Promise.all([
    startWorld(),
    startRegistry({ auth: { scheme: 'bearer', username: 'robot', password } }),
    mkdtemp(join(tmpdir(), 'slipway-doctor-')),
  ]);
});
afterAll(async () => {
  await Promise.all([world?.stop(), registry?.close()]);
  await rm(cache, { recursive: true, force: true });
});

interface Case {
  readonly secrets: Readonly<Record<string, string>>;
  /** `owner/name` on the forge. */
  readonly gitops?: string;
  readonly source?: string;
  readonly branch?: string;
}

const auth = (given: string) =>
  JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from(`robot:${given}`).toString('base64') } } });

/** What the doctor finds for a plan with these tokens, by the name of the check. */
async function findings({ secrets, gitops = 'acme/guarded', source = 'acme/gitops', branch = 'main' }: Case) {
  const forge = world.forge().url;
  const { host } = new URL(forge);
  const config = loadConfig({
    SLIPWAY_CATALOG: `directory:${cache}`,
    SLIPWAY_CREDENTIAL_HOSTS: host,
    SLIPWAY_FORGES: `${host}=github`,
    SLIPWAY_HTTP_HOSTS: host,
    SLIPWAY_REGISTRY_HTTP_HOSTS: registry.host,
    SLIPWAY_CACHE_DIRECTORY: cache,
  });
  const connections = openConnections(config, {
    read: async (key) => secrets[key],
    readFirst: async (keys) => keys.map((key) => secrets[key]).find((value) => value !== undefined),
    places: (key) => [`the test's ${key}`],
  });
  const sample = await planOf(sampleRun());
  const plan: Plan = {
    ...sample,
    source: { ...sample.source, repository: `${forge}/${source}` },
    gitops: { ...sample.gitops, repository: `${forge}/${gitops}`, branch },
    image: { ...sample.image, registry: registry.host },
  };
  const call = (signal: AbortSignal) =>
    createRegistryCall({ ...config.registry, registryAuth: connections.registryAuth }, 'default', signal);
  const checks = planChecks({
    connections,
    plan,
    parseUrl: (url) => parseRepositoryUrl(url, { httpHosts: config.git.httpHosts, forges: config.forges }),
    askHead: (remote, key, head, signal) => askHead(remote, key, head, config.git, signal),
    registry: {
      image: plan.image.name,
      pull: (signal) => probePull(call(signal), plan.image, 'v1'),
      push: (signal) => probePush(call(signal), plan.image),
    },
  });
  const found: Record<string, Finding> = {};
  for await (const finding of runChecks(checks, 20_000)) found[finding.check] = finding;
  const shown = JSON.stringify(found);
  for (const secret of [...Object.values(tokens), password]) expect(shown).not.toContain(secret);
  return found;
}

const states = (found: Record<string, Finding>) =>
  Object.fromEntries(Object.entries(found).map(([check, { state }]) => [check, state]));

const good = () => ({ 'git-token': tokens.slipway, 'gitops-token': tokens.slipway, 'registry-auth': auth(password) });

describe('the checks of a plan', () => {
  it('are content where every token may do what it is for, and leave nothing behind', async () => {
    const found = await findings({ secrets: good() });

    expect(new Set(Object.values(states(found)))).toEqual(new Set(['ok']));
    expect(found['gitops']?.text).toMatch(/acme\/guarded read with gitops-token, main is at [0-9a-f]{12}$/);
    const { body: pulls } = await world.api('/repos/acme/guarded/pulls?state=all', { token: tokens.slipway });
    expect(pulls).toEqual([]);
    const { status } = await world.api('/repos/acme/guarded/branches/slipway-check', { token: tokens.slipway });
    expect(status).toBe(404);
  });

  it('tell a token that may only read from one that may write', async () => {
    const found = await findings({ secrets: { ...good(), 'gitops-token': tokens.reader, 'git-token': tokens.reader } });

    expect(states(found)).toMatchObject({
      source: 'ok',
      gitops: 'ok',
      'gitops push': 'fail',
      'gitops-token': 'fail',
      'pull requests': 'fail',
      'commit status': 'warn',
    });
    expect(found['pull requests']?.fix).toContain('Pull requests: read and write');
  });

  it('tell a classic token without the scope, and one that is for statuses only', async () => {
    const found = await findings({
      secrets: { ...good(), 'gitops-token': tokens.scopeless, 'status-token': tokens.statusOnly },
    });

    expect(found['gitops-token']).toMatchObject({ text: expect.stringContaining('scopes: gist') });
    expect(states(found)).toMatchObject({ 'gitops push': 'fail', 'pull requests': 'fail', 'commit status': 'ok' });
  });

  it('tell a revoked token and a wrong password of the registry', async () => {
    const found = await findings({
      secrets: { ...good(), 'gitops-token': 'revoked-token-44aa', 'registry-auth': auth('another-password') },
    });

    expect(states(found)).toMatchObject({
      source: 'ok',
      gitops: 'fail',
      'gitops push': 'fail',
      'gitops-token': 'fail',
      'registry pull': 'fail',
      'registry push': 'fail',
    });
    expect(found['gitops-token']?.text).toContain('expired or was revoked');
    expect(found['registry push']?.text).toContain('registry-auth');
  });

  it('read a public source without a token, and say where the ones that are missing were looked for', async () => {
    const found = await findings({ secrets: { 'registry-auth': auth(password) } });

    expect(found['source']).toMatchObject({ state: 'ok', text: expect.stringContaining('read without a token') });
    expect(found['commit status']).toMatchObject({
      state: 'warn',
      text: expect.stringContaining("the test's status-token"),
    });
    expect(found['gitops-token']).toMatchObject({
      state: 'fail',
      text: expect.stringContaining("the test's gitops-token"),
    });
  });

  it('tell a base branch that is not there, one that is not protected, and pull requests that are turned off', async () => {
    const missing = await findings({ secrets: good(), branch: 'trunk' });
    expect(states(missing)).toMatchObject({ gitops: 'fail', 'base branch': 'fail' });
    expect(missing['gitops']?.text).toContain('no branch trunk');

    const open = await findings({ secrets: good(), gitops: 'acme/gitops' });
    expect(states(open)).toMatchObject({ 'base branch': 'warn', 'pull requests': 'ok' });

    const closed = await findings({ secrets: good(), gitops: 'acme/closed' });
    expect(states(closed)).toMatchObject({ 'gitops-token': 'fail', 'pull requests': 'fail' });
  });
});
