import { describe, expect, it } from 'vitest';
import { lockedFolder, lockFilePaths, manifestPath } from '../../../../src/builds/react/locked-folder.ts';

describe('the folder that a frontend is installed from', () => {
  it('is the nearest one with a lock file', () => {
    expect(lockedFolder('apps/web', ['yarn.lock', 'apps/web/bun.lock'])).toBe('apps/web');
    expect(lockedFolder('apps/web', ['pnpm-lock.yaml'])).toBe('.');
    expect(lockedFolder('apps/web', ['apps/yarn.lock', 'package-lock.json'])).toBe('apps');
  });

  it('is the application’s where there is none', () => {
    expect(lockedFolder('apps/web', [])).toBe('apps/web');
  });

  it('is looked for up to the repository’s root', () => {
    expect(lockFilePaths('apps/web')).toEqual(
      expect.arrayContaining(['apps/web/yarn.lock', 'apps/pnpm-lock.yaml', 'package-lock.json']),
    );
    expect(lockFilePaths('.')).not.toContain('./yarn.lock');
    expect([manifestPath('.'), manifestPath('web')]).toEqual(['package.json', 'web/package.json']);
  });
});
