import { describe, expect, it } from 'vitest';
import { sourcePaths } from '../../../src/catalog/source-paths.ts';

const written = (line: string) =>
  `kind: Component\nspec:\n  autoBuild: true\n  workflow:\n    systemParameters:\n      repository:\n${line}\n`;

describe('sourcePaths', () => {
  it.each([
    '        url: https://github.com/Org/Repo',
    "        url: 'https://github.com/org/repo.git' # the source",
    '        "url": "git@github.com:org/repo.git"',
    '        { url: ssh://git@github.com/org/repo, appPath: . }',
    '        {"appPath":".","url":"https://github.com/org/repo"}',
    '        url:   https://github.com/org/repo/   ',
  ])('finds the path in %s', (line) => {
    expect(sourcePaths(written(line))).toEqual(['org/repo']);
  });

  it('names every url there is, also two in a line', () => {
    expect(sourcePaths(written('{"url":"https://a.io/a/b","x":{"url":"https://a.io/c/d"}}'))).toEqual(['a/b', 'c/d']);
  });

  it.each([
    '        url: *address',
    '        url: &address https://github.com/org/repo',
    '        url: >-\n          https://github.com/org/repo',
    '        url:\n          https://github.com/org/repo',
    '        "url": "https:\\/\\/github.com\\/org\\/repo"',
    '        url: https://github.com/org/repo?x=1',
    '        branch: main',
  ])('leaves %j to a parser', (line) => {
    expect(sourcePaths(written(line))).toBeNull();
  });

  it('says of a Component without url that it is of no repository, unless pushes build it', () => {
    expect(sourcePaths('kind: Component\nspec: {}\n')).toEqual([]);
    expect(sourcePaths('kind: Component\nspec: {autoBuild: true}\n')).toBeNull();
  });
});
