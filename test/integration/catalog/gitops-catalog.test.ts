import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitopsCatalog } from '../../../src/catalog/gitops-catalog.ts';
import { createAppTokens } from '../../../src/forges/github/app-tokens.ts';
import { withGithubApp } from '../../../src/forges/github/with-app.ts';
import { createMirrors } from '../../../src/git/mirrors.ts';
import { createRemotes } from '../../../src/git/remotes.ts';
import { createEnvironmentSecrets } from '../../../src/secrets/environment-secrets.ts';
import { createFindCredential } from '../../../src/secrets/find-credential.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const component = (name: string, note = '') =>
  `apiVersion: openchoreo.dev/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  note: "${note}"\n`;

const token = 'catalog-test-token';

describe('createGitopsCatalog with a real mirror', () => {
  let server: GitServer;
  let folder: string;
  beforeAll(async () => {
    server = await startGitServer({ token });
    folder = await mkdtemp(join(tmpdir(), 'slipway-gitops-catalog-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  function catalogOf(url: string, given: string | undefined) {
    const { host } = new URL(url);
    const settings = { folder, httpHosts: [host], allowFile: false, caFile: undefined };
    const secrets = createEnvironmentSecrets({ SLIPWAY_SECRET_GITOPS_TOKEN: given });
    const find = createFindCredential({ secrets, hosts: [host] });
    const findCredential = withGithubApp(find, createAppTokens(), { httpHosts: [host], forges: [] });
    const openRemote = createRemotes({ findCredential, settings });
    return createGitopsCatalog({
      openMirror: createMirrors(settings),
      remote: () => openRemote(url, 'gitops-token', 'default'),
      url,
      branch: 'main',
      hosts: { aliases: {}, caseless: [] },
      refreshMs: 0,
    });
  }

  it('follows the head of the branch', async () => {
    const { url } = await server.createRepository('gitops', {
      'projects/shop/api.yaml': component('api', 'one'),
      'projects/shop/same-1.yaml': component('same'),
      'projects/shop/same-2.yaml': component('same'),
      'vendor/no.yaml': component('no'),
      'link.yaml': { mode: '120000', text: 'projects/shop/api.yaml' },
    });
    const catalog = catalogOf(url, token);
    expect(await catalog.find('Component', 'default', 'api')).toMatchObject({ spec: { note: 'one' } });
    expect(await catalog.names('Component', 'default')).toEqual(['api', 'same']);

    await server.commitTo('gitops', 'main', {
      'projects/shop/api.yaml': component('api', 'two'),
      'projects/shop/web.yaml': component('web'),
    });

    expect(await catalog.find('Component', 'default', 'api')).toMatchObject({ spec: { note: 'two' } });
    expect(await catalog.names('Component', 'default')).toEqual(['api', 'same', 'web']);
  });

  it('says what is wrong with the repository or its token', async () => {
    const { url } = await server.createRepository('guarded', { 'a.yaml': component('a') });

    await expect(catalogOf(url, undefined).find('Component', 'default', 'a')).rejects.toMatchObject({
      type: 'SecretMissing',
    });
    const refused = (await catalogOf(url, 'wrong-secret')
      .find('Component', 'default', 'a')
      .catch((error: unknown) => error)) as Error;
    expect(refused).toMatchObject({ type: 'AccessDenied' });
    expect(refused.message).not.toContain('wrong-secret');
  });
});
