import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], options: object = {}) => ({ test: { name, include, ...options } });

/** Tests of the lab that need one of their own. */
const stage = (name: string) => project(name, [`test/lab/${name}.stage.test.ts`], { testTimeout: 300_000, hookTimeout: 300_000 });

// `npm test` (scripts/test.ts) runs the first three, then the others inside labs.
export default defineConfig({
  test: {
    // Tests wait for sockets and processes more than they compute: on two cores three workers take 32 s where one takes 83.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    projects: [
      project("unit", ["test/unit/**/*.test.ts"], { testTimeout: 30_000 }),
      project("contract", ["test/contract/**/*.test.ts"], { testTimeout: 60_000, hookTimeout: 60_000 }),
      project("cli", ["test/cli/**/*.test.ts"], { testTimeout: 120_000, hookTimeout: 60_000 }),
      project("lab", ["test/lab/**/*.lab.test.ts"], { testTimeout: 900_000, hookTimeout: 900_000, fileParallelism: false }),
      stage("around"),
      stage("by-hand"),
      stage("first-run"),
      stage("doctor"),
      stage("plan"),
      stage("export"),
      stage("faults"),
      stage("custody"),
      stage("tls"),
      stage("nodes"),
    ],
  },
});
