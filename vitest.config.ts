import { defineConfig } from 'vitest/config';

const suite = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node', ...extra },
});
const patient = { testTimeout: 120_000, hookTimeout: 300_000, teardownTimeout: 30_000 };

export default defineConfig({
  test: {
    projects: [
      suite('unit', { testTimeout: 20_000 }),
      suite('conformance', { testTimeout: 20_000 }),
      suite('integration', patient),
      suite('workflow', { ...patient, fileParallelism: false }),
      suite('e2e', { ...patient, fileParallelism: false }),
    ],
  },
});
