import { expect, it } from 'vitest';
import { exportedDigest } from '../../../../src/builds/buildpacks/export-report.ts';

const digest = `sha256:${'a'.repeat(64)}`;

it('is the digest of the image that was exported', () => {
  const report = `[build]\n\n[image]\n  tags = ["h.example/a:b"]\n  digest = "${digest}"\n  manifest-size = 42\n`;
  expect(exportedDigest(report)).toBe(digest);
});

it.each(['', '[image]\ntags = []', '[image]\ndigest = "sha256:1"', 'ERROR: failed to export'])(
  'is nothing for %j',
  (report) => {
    expect(exportedDigest(report)).toBeUndefined();
  },
);
