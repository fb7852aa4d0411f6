import { expect, it } from 'vitest';
import { withoutRuntimeLines } from '../../../../../src/planes/local/phases/without-runtime-lines.ts';

it('a log of a phase loses what Buildah says about the exit code at its end, and nothing else', () => {
  const own = 'Error: exit status 7\nERROR: builder: buildpack a/b@1 failed: exit status 7\n';

  expect(withoutRuntimeLines(`${own}Error: while running runtime: exit status 51\n`)).toBe(own);
  expect(withoutRuntimeLines(`${own}exit status 51\nError: exit status 51\n`)).toBe(own);
  expect(
    withoutRuntimeLines(
      `${own}time="2026-01-01T00:00:00Z" level=error msg="signal: terminated"\ncontainer exited on killed\n`,
    ),
  ).toBe(own);
  expect(withoutRuntimeLines(own)).toBe(own);
  expect(withoutRuntimeLines('Error: exit status 1\n')).toBe('');
});
