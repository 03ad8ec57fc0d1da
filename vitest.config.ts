import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], options: object = {}) => ({ test: { name, include, ...options } });

// `npm test` (scripts/test.ts) runs the first three, then each file of the last inside a lab.
export default defineConfig({
  test: {
    // Tests wait for sockets and processes more than they compute: on two cores three workers take 32 s where one takes 83.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    projects: [
      project("unit", ["test/unit/**/*.test.ts"], { testTimeout: 30_000 }),
      project("contract", ["test/contract/**/*.test.ts"], { testTimeout: 60_000, hookTimeout: 60_000 }),
      project("cli", ["test/cli/**/*.test.ts"], { testTimeout: 120_000, hookTimeout: 60_000 }),
      project("lab", ["test/lab/suites/*.lab.test.ts"], {
        testTimeout: 600_000,
        hookTimeout: 600_000,
        fileParallelism: false,
        // Most polls start a program.
        expect: { poll: { interval: 500 } },
      }),
    ],
  },
});
