import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { installPackages } from "../../test/lab/machine/packages.ts";
import { oneFailed, outcomeOf } from "./report.ts";
import type { Outcome, Report } from "./report.ts";
import type { Stage } from "./stages.ts";
import type { Ran } from "./summary.ts";

const lab = "test/lab/lab.ts";

/** Runs a stage in labs that are brought up for it and taken down again. */
export async function runStage(stage: Stage): Promise<Ran> {
  const clock = new Clock();
  if (stage.packages !== undefined) await install(stage.packages);
  let outcome: Outcome;
  let labSeconds = 0;
  try {
    const down = stage.labs.find((name) => run(process.execPath, [lab, "up"], { LAB_NAME: name }) !== 0);
    if (stage.labs.length > 0) labSeconds = clock.seconds();
    outcome = down === undefined ? testsOf(stage) : oneFailed(`stage ${stage.name}: the lab "${down}" did not come up`);
  } finally {
    for (const name of stage.labs) run(process.execPath, [lab, "down"], { LAB_NAME: name });
  }
  return { stage: stage.name, seconds: clock.seconds(), labSeconds, outcome };
}

/** Counts from when it was made. */
class Clock {
  readonly #started = performance.now();
  readonly seconds = (): number => (performance.now() - this.#started) / 1000;
}

function testsOf(stage: Stage): Outcome {
  return stage.script === undefined ? vitest(stage) : npmRun(stage.script);
}

function npmRun(script: string): Outcome {
  const exitCode = run("npm", ["run", script]);
  if (exitCode !== 0) return oneFailed(`npm run ${script} ended with ${exitCode}`);
  return { passed: 1, failed: 0, skipped: 0, failures: [], times: [] };
}

function vitest({ name, projects, labs: [first] }: Stage): Outcome {
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
    first === undefined ? run(process.execPath, args) : run(process.execPath, [lab, "run", process.execPath, ...args], { LAB_NAME: first });
  try {
    return outcomeOf(JSON.parse(readFileSync(report, "utf8")) as Report, exitCode);
  } catch {
    return oneFailed(`stage ${name} ended with ${exitCode} and without a report`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a command with its output shown; returns its exit code. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  return execaSync(program, args, { stdio: ["ignore", "inherit", "inherit"], reject: false, env, preferLocal: true }).exitCode ?? 1;
}

/** Where it cannot be done, the tests that need the packages are skipped, and the count says so. */
async function install(packages: readonly string[]): Promise<void> {
  try {
    if (process.getuid?.() === 0) await installPackages((line) => console.log(line), packages);
  } catch (error) {
    console.log(String(error));
  }
}
