import { describe, expect, it } from 'vitest';
import { isInstallFile } from '../../../../src/builds/react/install-files.ts';
import { storeName } from '../../../../src/builds/react/store-name.ts';

describe('isInstallFile', () => {
  it.each([
    'package.json',
    'apps/web/package.json',
    'yarn.lock',
    '.npmrc',
    '.yarn/releases/yarn-4.cjs',
    'patches/a.patch',
  ])('takes %s', (file) => expect(isInstallFile(file)).toBe(true));

  it.each(['src/main.js', 'apps/web/yarn.lock', 'apps/web/notpackage.json', '.yarn/install-state.gz'])(
    'leaves %s',
    (file) => expect(isInstallFile(file)).toBe(false),
  );
});

describe('storeName', () => {
  const owner = { source: { repository: 'r', namespace: 'n' }, image: { registry: 'h', name: 'i' } };

  it('is the same for builds of one image and differs between namespaces, sources and images', () => {
    const others = [
      { ...owner, source: { ...owner.source, namespace: 'm' } },
      { ...owner, source: { ...owner.source, repository: 's' } },
      { ...owner, image: { ...owner.image, name: 'j' } },
    ];

    expect(storeName({ ...owner })).toBe(storeName(owner));
    expect(new Set([owner, ...others].map(storeName)).size).toBe(4);
    expect(storeName(owner)).toMatch(/^[0-9a-f]{16}$/);
  });
});
