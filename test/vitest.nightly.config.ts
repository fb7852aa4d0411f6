import { defineConfig } from 'vitest/config';

/** Tests that need servers whose programs take long to build: not for each commit. */
export default defineConfig({
  test: {
    reporters: ['verbose'],
    projects: [
      {
        test: {
          name: 'nightly',
          include: ['test/nightly/**/*.test.ts'],
          environment: 'node',
          setupFiles: ['test/support/tools.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          // Building Temporal's server.
          hookTimeout: 3_600_000,
        },
      },
    ],
  },
});
