import { defineConfig } from 'vitest/config';

const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } } as const;

/** unit: pure and quick, part of `npm run check`; everything else needs servers and runs under `npm test`. */
export default defineConfig({
  oxc,
  test: {
    projects: [
      { oxc, test: { name: 'unit', testTimeout: 60_000, include: ['src/**/*.test.ts', 'plugins/contracts/src/**/*.test.ts', 'plugins/console/src/**/*.test.ts'], exclude: ['**/*.db.test.ts', '**/node_modules/**', '**/dist/**'] } },
      { oxc, test: { name: 'db', include: ['src/**/*.db.test.ts'], globalSetup: ['test/lab/postgres.setup.ts'], testTimeout: 30_000, hookTimeout: 60_000 } },
      { oxc, test: { name: 'contract', include: ['test/contract/**/*.test.ts'], globalSetup: ['test/lab/postgres.setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { oxc, test: { name: 'api', include: ['test/api/**/*.test.ts'], globalSetup: ['test/lab/postgres.setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { oxc, test: { name: 'trace', include: ['test/trace/**/*.test.ts'], testTimeout: 60_000 } },
      { oxc, test: { name: 'practice', include: ['test/practice/**/*.test.ts'], fileParallelism: false, testTimeout: 90_000, hookTimeout: 120_000 } },
      { oxc, test: { name: 'bench', include: process.env['BENCH_OUT'] ? ['test/bench/**/*.bench.ts'] : [], globalSetup: process.env['BENCH_OUT'] ? ['test/lab/postgres.setup.ts'] : [], fileParallelism: false, testTimeout: 300_000, hookTimeout: 120_000 } },
      { oxc, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], globalSetup: ['test/lab/postgres.setup.ts'], fileParallelism: false, testTimeout: 90_000, hookTimeout: 120_000 } },
    ],
  },
});
