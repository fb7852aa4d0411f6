import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createGitopsCatalog } from '../../../src/catalog/gitops-catalog.ts';
import { Failure } from '../../../src/failures.ts';
import type { GitopsMirror } from '../../../src/git/git.ts';

const component = (name: string, project = 'shop') =>
  `apiVersion: openchoreo.dev/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  owner:\n    projectName: ${project}\n`;

const sha = (text: string) => createHash('sha1').update(text).digest('hex');

/** A repository whose head is whatever `files` hold; counts what is asked of it. */
function repository(files: Map<string, string>) {
  const counts = { pins: 0, blobs: 0 };
  const texts = new Map<string, string>();
  const unused = () => Promise.reject(new Error('not part of reading'));
  let outage = false;
  const mirror: GitopsMirror = {
    key: 'gitops',
    pin: async () => {
      counts.pins++;
      if (outage) throw new Failure('Unavailable', 'github.com does not answer');
      return sha(JSON.stringify([...files]));
    },
    files: async () =>
      [...files].map(([path, text]) => {
        texts.set(sha(text), text);
        return { path, mode: path.includes('link') ? '120000' : '100644', type: 'blob', id: sha(text) };
      }),
    async *readBlobs(ids) {
      for (const id of ids) {
        counts.blobs++;
        yield { id, text: texts.get(id) ?? '' };
      }
    },
    ensure: unused,
    writeTree: unused,
    changes: unused,
    remoteBranches: unused,
    changedPaths: unused,
    diff: unused,
    commit: unused,
    remoteHead: unused,
    describeCommit: unused,
    push: unused,
    checkPush: unused,
    deleteBranch: unused,
    release: unused,
  };
  let time = 0;
  const catalog = createGitopsCatalog({
    openMirror: async () => mirror,
    remote: async () => ({ url: 'https://github.com/acme/gitops', authorization: 'Basic c2VjcmV0' }),
    url: 'https://github.com/acme/gitops',
    branch: 'main',
    hosts: { aliases: {}, caseless: [] },
    refreshMs: 3000,
    now: () => time,
  });
  return {
    catalog,
    counts,
    pass: (ms: number) => {
      time += ms;
    },
    fail: (on: boolean) => {
      outage = on;
    },
  };
}

describe('createGitopsCatalog', () => {
  it('finds resources at the head of the branch', async () => {
    const { catalog } = repository(
      new Map([
        ['projects/shop/api.yaml', component('api')],
        ['README.md', component('readme')],
        ['link.yaml', component('link')],
      ]),
    );

    expect(await catalog.find('Component', 'default', 'api')).toMatchObject({
      kind: 'Component',
      spec: { owner: { projectName: 'shop' } },
    });
    expect(await catalog.find('Component', 'other', 'api')).toBeUndefined();
    expect(await catalog.find('Project', 'default', 'api')).toBeUndefined();
    expect(await catalog.names('Component', 'default')).toEqual(['api']);
  });

  it('says where it looks, without the credential', () => {
    expect(repository(new Map()).catalog.description).toBe('GitOps repository https://github.com/acme/gitops at main');
  });

  it('sees at once what a push to its own branch changed, whatever URL tells of it', async () => {
    const files = new Map([['a.yaml', component('a')]]);
    const { catalog, counts } = repository(files);
    await catalog.names('Component', 'default');
    files.set('b.yaml', component('b'));

    expect(await catalog.pushed?.(['https://github.com/acme/other'], ['main'])).toBeNull();
    expect(await catalog.pushed?.(['https://github.com/acme/gitops'], ['next'])).toBeNull();
    expect(await catalog.names('Component', 'default')).toEqual(['a']);
    expect(await catalog.pushed?.(['git@github.com:Acme/GitOps.git'], ['next', 'main'])).toMatch(/^[0-9a-f]{40}$/);
    expect(await catalog.names('Component', 'default')).toEqual(['a', 'b']);
    expect(counts.pins).toBe(2);
  });

  it('asks the remote once in a while only, and then sees what changed', async () => {
    const files = new Map([['a.yaml', component('a', 'one')]]);
    const { catalog, counts, pass } = repository(files);
    const project = async () => (await catalog.find('Component', 'default', 'a')) as { spec: { owner: object } };
    await Promise.all([project(), project(), catalog.names('Component', 'default')]);
    files.set('a.yaml', component('a', 'two'));

    expect((await project()).spec.owner).toEqual({ projectName: 'one' });
    expect(counts.pins).toBe(1);
    pass(3000);
    expect((await project()).spec.owner).toEqual({ projectName: 'two' });
    expect(counts.pins).toBe(2);
  });

  it('asks at once for what it does not know, which may have been merged a moment ago', async () => {
    const files = new Map([['a.yaml', component('a')]]);
    const { catalog } = repository(files);
    await catalog.names('Component', 'default');
    expect(await catalog.find('Component', 'default', 'b')).toBeUndefined();
    files.set('b.yaml', component('b'));

    expect(await catalog.find('Component', 'default', 'b')).toMatchObject({ metadata: { name: 'b' } });
  });

  it('reads only files that changed', async () => {
    const files = new Map(Array.from({ length: 50 }, (_, at) => [`${at}.yaml`, component(`c${at}`)]));
    const { catalog, counts, pass } = repository(files);
    await catalog.names('Component', 'default');
    files.set('0.yaml', component('new'));
    pass(3000);
    await catalog.names('Component', 'default');

    expect(counts.blobs).toBe(51);
  });

  it('forgets what is no longer there', async () => {
    const files = new Map([
      ['a.yaml', component('a')],
      ['b.yaml', component('b')],
    ]);
    const { catalog, pass } = repository(files);
    await catalog.names('Component', 'default');
    files.delete('a.yaml');
    pass(3000);

    expect(await catalog.find('Component', 'default', 'a')).toBeUndefined();
    expect(await catalog.names('Component', 'default')).toEqual(['b']);
  });

  it('lets the last by path count where a resource is there twice', async () => {
    const { catalog } = repository(
      new Map([
        ['b.yaml', component('a', 'last')],
        ['a.yaml', component('a', 'first')],
      ]),
    );

    expect(await catalog.find('Component', 'default', 'a')).toMatchObject({ spec: { owner: { projectName: 'last' } } });
  });

  it('tells an outage and recovers from it', async () => {
    const { catalog, fail, pass } = repository(new Map([['a.yaml', component('a')]]));
    fail(true);
    await expect(catalog.find('Component', 'default', 'a')).rejects.toMatchObject({ type: 'Unavailable' });
    fail(false);

    expect(await catalog.find('Component', 'default', 'a')).toMatchObject({ metadata: { name: 'a' } });
    fail(true);
    pass(3000);
    await expect(catalog.find('Component', 'default', 'a')).rejects.toMatchObject({ type: 'Unavailable' });
  });

  it('names the file and line of a resource that cannot be read', async () => {
    const { catalog } = repository(
      new Map([
        ['x/a.yaml', `${component('a')}  broken: [\n`],
        ['b.yaml', component('b')],
      ]),
    );

    await expect(catalog.find('Component', 'default', 'a')).rejects.toThrow(/x\/a\.yaml: line/);
    expect(await catalog.find('Component', 'default', 'b')).toMatchObject({ metadata: { name: 'b' } });
  });
});
