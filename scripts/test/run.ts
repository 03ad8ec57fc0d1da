import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../test/lab/machine/packages.ts";
import { bringUp, labProgram, takeDown } from "./labs.ts";
import { oneFailed, outcomeOf } from "./report.ts";
import type { Outcome, Report } from "./report.ts";
import { runner, type How, type Run } from "./runner.ts";
import type { Stage } from "./stages.ts";
import type { Ran } from "./summary.ts";

/** Runs a stage in labs that are brought up for it and taken down again. */
export async function runStage(stage: Stage, how: How): Promise<Ran> {
  const clock = new Clock();
  const run = runner(stage.name, how);
  if (stage.packages !== undefined) await install(stage.packages);
  let outcome: Outcome;
  let labSeconds = 0;
  try {
    const down = await bringUp(stage, run);
    if (stage.labs.length > 0) labSeconds = clock.seconds();
    outcome = down === undefined ? await testsOf(stage, run) : oneFailed(`stage ${stage.name}: the lab "${down}" did not come up`);
  } finally {
    await takeDown(stage.labs, runner(stage.name, { ...how, signal: new AbortController().signal }));
  }
  return { stage: stage.name, seconds: clock.seconds(), labSeconds, outcome };
}

/** Counts from when it was made. */
class Clock {
  readonly #started = performance.now();
  readonly seconds = (): number => (performance.now() - this.#started) / 1000;
}

const testsOf = (stage: Stage, run: Run): Promise<Outcome> => (stage.script === undefined ? vitest(stage, run) : npmRun(stage.script, run));

async function npmRun(script: string, run: Run): Promise<Outcome> {
  const exitCode = await run("npm", ["run", script]);
  if (exitCode !== 0) return oneFailed(`npm run ${script} ended with ${exitCode}`);
  return { passed: 1, failed: 0, skipped: 0, failures: [], times: [] };
}

async function vitest({ name, projects, labs: [first] }: Stage, run: Run): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "vault-k8s-test-"));
  const report = join(folder, "report.json");
  const args = [
    join(process.cwd(), "node_modules/vitest/vitest.mjs"),
    "run",
    "--root",
    process.cwd(),
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const exitCode =
    first === undefined
      ? await run(process.execPath, args)
      : await run(process.execPath, [labProgram, "run", process.execPath, ...args], { LAB_NAME: first });
  try {
    return outcomeOf(JSON.parse(readFileSync(report, "utf8")) as Report, exitCode);
  } catch {
    return oneFailed(`stage ${name} ended with ${exitCode} and without a report`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where it cannot be done, the tests that need the packages are skipped, and the count says so. */
async function install(packages: readonly string[]): Promise<void> {
  try {
    if (process.getuid?.() === 0) await installPackages((line) => console.log(line), packages);
  } catch (error) {
    console.log(String(error));
  }
}
