import { expect, it } from 'vitest';
import { createLargestNumber } from '../../../src/occ/release-numbers.ts';
import { openRepository } from '../../../src/openchoreo/repository/repository.ts';
import { createScan } from '../../../src/openchoreo/repository/scan.ts';

it.each([
  ['web-20260101-', 12],
  ['web-', 7],
  ['api-', 0],
])('finds the largest number after %s in any folder: %i', (prefix, largest) => {
  const scan = createScan();
  for (const name of ['web-20260101-2', 'web-20260101-+12', 'web-20260101-x', 'web-20260101-1-30', 'web-7']) {
    const text = `apiVersion: openchoreo.dev/v1alpha1\nkind: ComponentRelease\nmetadata:\n  name: ${name}\n`;
    scan.add(`${name}/release.yaml`, text);
  }
  expect(createLargestNumber(openRepository(scan, new Map()))(prefix)).toBe(largest);
});
