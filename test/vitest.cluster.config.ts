import { defineConfig } from 'vitest/config';

/** Tests on a real cluster, which all files of a run share. Not run and said by name: what cannot be done to a given one. */
export default defineConfig({
  test: {
    reporters: ['verbose'],
    projects: [
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/support/cluster/setup.ts'],
          setupFiles: ['test/support/tools.ts'],
          // Some files stop parts of the cluster.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
