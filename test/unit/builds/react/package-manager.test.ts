import { describe, expect, it } from 'vitest';
import { choosePackageManager, type SourceFolder } from '../../../../src/builds/react/package-manager.ts';

const folder = (path: string, files: Readonly<Record<string, string>>): SourceFolder => ({
  path,
  files: new Map(Object.entries(files)),
});
const manifest = (packageManager?: string) => JSON.stringify({ name: 'app', packageManager });
const berry = '__metadata:\n  version: 8\n';
const classic = '# yarn lockfile v1\n';

describe('choosePackageManager', () => {
  it.each([
    [{ 'package-lock.json': '{}' }, undefined, 'npm', null, 'package-lock.json'],
    [{ 'npm-shrinkwrap.json': '{}' }, undefined, 'npm', null, 'npm-shrinkwrap.json'],
    [{ 'package-lock.json': '{}' }, 'npm@10.9.2', 'npm', 'npm@10.9.2', 'package-lock.json'],
    [{ 'yarn.lock': classic }, undefined, 'yarn-classic', 'yarn@1.22.22', 'yarn.lock'],
    [{ 'yarn.lock': classic }, 'yarn@1.22.19', 'yarn-classic', 'yarn@1.22.19', 'yarn.lock'],
    [{ 'yarn.lock': berry }, undefined, 'yarn-berry', '@yarnpkg/cli-dist@4.9.1', 'yarn.lock'],
    [{ 'yarn.lock': berry }, 'yarn@4.5.0+sha512.ab12', 'yarn-berry', '@yarnpkg/cli-dist@4.5.0', 'yarn.lock'],
    [{ 'pnpm-lock.yaml': "lockfileVersion: '9.0'" }, undefined, 'pnpm', 'pnpm@9.15.9', 'pnpm-lock.yaml'],
    [{ 'pnpm-lock.yaml': "lockfileVersion: '6.0'" }, undefined, 'pnpm', 'pnpm@8.15.9', 'pnpm-lock.yaml'],
    [{ 'pnpm-lock.yaml': 'lockfileVersion: 5.4' }, undefined, 'pnpm', 'pnpm@7.33.7', 'pnpm-lock.yaml'],
    [{ 'bun.lock': '{}' }, undefined, 'bun', 'bun@1.2.15', 'bun.lock'],
    [{ 'bun.lockb': '' }, undefined, 'bun', 'bun@1.2.15', 'bun.lockb'],
    [{ 'yarn.lock': classic, 'pnpm-lock.yaml': '' }, 'pnpm@9.1.0', 'pnpm', 'pnpm@9.1.0', 'pnpm-lock.yaml'],
  ])('for %j and packageManager %s takes %s', (files, named, name, install, lockFile) => {
    const chosen = choosePackageManager([folder('web', { 'package.json': manifest(named), ...files })], 20);

    expect(chosen).toEqual({ name, install, lockFile, root: 'web', warnings: [] });
  });

  it('finds the lock file and the name of the manager at the root of a workspace', () => {
    const folders = [
      folder('apps/web', { 'package.json': manifest() }),
      folder('apps', {}),
      folder('.', { 'package.json': manifest('pnpm@9.15.9'), 'pnpm-lock.yaml': '' }),
    ];

    expect(choosePackageManager(folders, 20)).toMatchObject({ name: 'pnpm', root: '.', lockFile: 'pnpm-lock.yaml' });
  });

  it('warns where nothing is locked, and builds in the folder of the application', () => {
    const chosen = choosePackageManager([folder('web', { 'package.json': manifest() }), folder('.', {})], 20);

    expect(chosen).toMatchObject({ name: 'npm', root: 'web', lockFile: null });
    expect(chosen.warnings).toEqual([expect.stringMatching(/no lock file for web.*Commit a lock file/)]);
  });

  it.each([
    ['yarn.lock', '__metadata:\n  version: 8\n', 18, '@yarnpkg/cli-dist@4.9.1'],
    ['yarn.lock', '__metadata:\n  version: 6\n', 24, '@yarnpkg/cli-dist@3.8.7'],
    ['yarn.lock', '__metadata:\n  version: 6\n', 16, '@yarnpkg/cli-dist@3.8.7'],
    ['pnpm-lock.yaml', "lockfileVersion: '9.0'\n", 18, 'pnpm@9.15.9'],
    ['pnpm-lock.yaml', "lockfileVersion: '6.0'\n", 16, 'pnpm@8.15.9'],
    ['pnpm-lock.yaml', 'lockfileVersion: 5.4\n', 22, 'pnpm@7.33.7'],
  ])('takes for %s with %j on Node %i the version that made it', (name, lock, nodeMajor, install) => {
    const folders = [folder('.', { 'package.json': manifest(), [name]: lock })];

    expect(choosePackageManager(folders, nodeMajor).install).toBe(install);
  });

  it.each([
    ['yarn.lock', '__metadata:\n  version: 8\n', 'yarn.lock is of Yarn 4 or newer'],
    ['pnpm-lock.yaml', "lockfileVersion: '9.0'\n", 'pnpm-lock.yaml is of pnpm 9 or newer'],
  ])('refuses %s of a version that does not run on Node 16', (name, lock, message) => {
    const folders = [folder('.', { 'package.json': manifest(), [name]: lock })];

    expect(() => choosePackageManager(folders, 16)).toThrow(`${message}, which does not run on Node 16. Set`);
  });

  it.each([
    [{}, /no package\.json in the folder web\. Check the component's appPath/],
    [{ 'package.json': '[' }, /package\.json in the folder web is not a JSON object/],
    [
      { 'package.json': manifest('yarn@4.0.0'), 'package-lock.json': '{}' },
      /names yarn@4\.0\.0.*but the lock file.*package-lock\.json/,
    ],
    [{ 'package.json': manifest('pnpm') }, /must be npm, yarn, pnpm or bun with a whole version/],
    [{ 'package.json': manifest('pnpm@9.0.0 --registry http://evil') }, /must be npm, yarn, pnpm or bun/],
    [
      { 'package.json': manifest(), 'yarn.lock': '', 'bun.lock': '' },
      /several package managers \(bun\.lock, yarn\.lock\)/,
    ],
  ])('refuses %j', (files, message) => {
    expect(() => choosePackageManager([folder('web', files as Record<string, string>)], 20)).toThrow(message);
  });

  it('refuses a bun.lock that is older than package.json, which bun itself lets pass', () => {
    const lock = `{
      "lockfileVersion": 1,
      "workspaces": { "": { "name": "app", "dependencies": { "left": "^1.0.0", "same": "1, }", }, }, },
    }`;
    const files = (left: string) => ({
      'package.json': JSON.stringify({ dependencies: { left, same: '1, }' } }),
      'bun.lock': lock,
    });

    expect(choosePackageManager([folder('.', files('^1.0.0'))], 20).name).toBe('bun');
    expect(() => choosePackageManager([folder('.', files('^1.1.0'))], 20)).toThrow(
      'bun.lock does not fit package.json any more (left). Run "bun install" and commit bun.lock.',
    );
  });

  it('compares bun.lock of a workspace with the package.json of the application, too', () => {
    const lock = `{ "workspaces": { "": { "name": "all" }, "apps/web": { "dependencies": { "left": "^1.0.0" } } } }`;
    const folders = (left: string) => [
      folder('shop/apps/web', { 'package.json': JSON.stringify({ dependencies: { left } }) }),
      folder('shop/apps', {}),
      folder('shop', { 'package.json': manifest(), 'bun.lock': lock }),
    ];

    expect(choosePackageManager(folders('^1.0.0'), 20).root).toBe('shop');
    expect(() => choosePackageManager(folders('^1.1.0'), 20)).toThrow('does not fit package.json any more (left)');
  });
});
