import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../src/failures.ts';
import { readDescriptor } from '../../../../src/openchoreo/generate/descriptor.ts';
import { createScan } from '../../../../src/openchoreo/repository/scan.ts';
import { describeWarnings } from '../../../../src/openchoreo/warning.ts';
import { hostileTexts } from './hostile-text.ts';

/** Each takes a fraction of it on an idle machine. */
const limitMs = 3000;

function timed<Value>(work: () => Value): Value {
  const start = performance.now();
  const value = work();
  expect(performance.now() - start).toBeLessThan(limitMs);
  return value;
}

function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return expect.fail('nothing was thrown');
}

const texts = Object.entries(hostileTexts);

describe('readDescriptor', () => {
  it.each(texts)('says where it cannot read %s', (_, text) => {
    const failure = failureOf(() => timed(() => readDescriptor(text, 'app/workload.yaml')));
    expect(failure.type).toBe('DescriptorInvalid');
    expect(failure.message).toMatch(/^app\/workload\.yaml: (line \d+: |must be a mapping)/);
    expect(failure.message.length).toBeLessThan(500);
  });
});

describe('createScan', () => {
  it.each(texts.filter(([, text]) => text.length < 250_000))('leaves out %s with a short warning', (_, text) => {
    const scan = createScan();
    timed(() => scan.add('app/web.yaml', `${text}\n---\napiVersion: openchoreo.dev/v1alpha1\n`));
    const [warning] = describeWarnings(scan.unplaced, 3).filter((line) => !line.includes('kind is missing'));
    expect(warning).toMatch(/^app\/web\.yaml: (line \d+: |the file is not UTF-8)/);
    expect(warning?.length).toBeLessThan(500);
  });
});
