import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RepositoryPath } from '../../../src/runs/repository-path.ts';
import { indexPaths, type PathFilter, touches } from '../../../src/webhooks/path-filter.ts';
import { runs } from '../../support/properties.ts';

/** Of an application's folder as it is written in a Component. */
const touchesApp = (appPath: string, ...paths: string[]) =>
  touches({ watch: [RepositoryPath.parse(appPath)], ignore: [] }, indexPaths(paths));

describe('touches', () => {
  it.each([
    ['/service-go-greeter', 'service-go-greeter/main.go', true],
    ['service-go-greeter/', 'service-go-greeter/main.go', true],
    ['/service-go', 'service-go-greeter/main.go', false],
    ['/a', 'a/b/c', true],
    ['/a', 'libs/a/x', false],
    ['/a/b', 'a/c', false],
    ['.', 'anything', true],
    ['/', 'any/thing', true],
    ['./service', 'service/x', true],
    ['//service', 'service/x', true],
    ['/Service', 'service/x', false],
    ['/svc', 'README.md', false],
    ['/svc', 'libs/common/x', false],
    ['svc', '/svc/x', true],
    ['svc', './svc/x', true],
    ['svc', 'svc', true],
  ])('of the application %j and the changed file %j: %j', (appPath, path, answer) => {
    expect(touchesApp(appPath, path)).toBe(answer);
  });

  it.each([
    [{ watch: ['svc', 'libs/common'], ignore: [] }, ['libs/common/x'], true],
    [{ watch: ['svc'], ignore: ['**/*.md'] }, ['svc/README.md'], false],
    [{ watch: ['svc'], ignore: ['**/*.md'] }, ['svc/README.md', 'svc/main.go'], true],
    [{ watch: ['.'], ignore: ['docs'] }, ['docs/a/b', 'docs/c'], false],
    [{ watch: ['.'], ignore: ['docs'] }, ['src/a'], true],
    [{ watch: ['libs/*/go.mod'], ignore: [] }, ['libs/a/go.mod'], true],
    [{ watch: ['libs/*/go.mod'], ignore: [] }, ['libs/a/b/go.mod'], false],
    [{ watch: ['libs/**'], ignore: ['libs/**'] }, ['libs/a'], false],
    [{ watch: ['app/[id]'], ignore: [] }, ['app/[id]/page.tsx'], true],
    [{ watch: ['svc'], ignore: [] }, [], false],
  ])('of %j and %j: %j', (filter: PathFilter, paths, answer) => {
    expect(touches(filter, indexPaths(paths))).toBe(answer);
  });

  it('means a file or folder and what is below it, by whole names', () => {
    const part = fc.stringMatching(/^[a-c]{1,2}$/);
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 5 }), (app, changed) => {
        const expected = changed.some((one) => `${one}/`.startsWith(`${app}/`));
        expect(touchesApp(app, ...changed)).toBe(expected);
        // By the other way, which looks at each path.
        expect(touches({ watch: [app], ignore: ['nothing'] }, indexPaths(changed))).toBe(expected);
      }),
      runs(100),
    );
  });
});
