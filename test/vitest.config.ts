import { defineConfig } from 'vitest/config';

/** Suites of one order run side by side, one order after the other. */
const suite = (name: string, order: number, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node',
    // What comes on its own comes later on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    sequence: { groupOrder: order },
    ...extra,
  },
});
/** Vitest gives a machine of two cores one worker, and then ignores the orders. */
const sideBySide = { maxWorkers: 2 };
const quick = { ...sideBySide, testTimeout: 20_000 };
/** On real servers, for which the set-up installs what is missing. */
const patient = {
  setupFiles: ['test/support/tools.ts'],
  testTimeout: 120_000,
  hookTimeout: 300_000,
  teardownTimeout: 30_000,
};

export default defineConfig({
  test: {
    projects: [
      suite('unit', 0, quick),
      suite('conformance', 0, quick),
      suite('integration', 1, { ...patient, ...sideBySide }),
      suite('workflow', 2, { ...patient, fileParallelism: false }),
      suite('e2e', 3, { ...patient, fileParallelism: false }),
    ],
  },
});
