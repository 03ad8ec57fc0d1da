import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import pLimit from "p-limit";
import { installPackages } from "../../test/lab/machine/packages.ts";
import { oneFailed, outcomeOf } from "./report.ts";
import type { Outcome, Report } from "./report.ts";
import type { Stage } from "./stages.ts";
import type { Ran } from "./summary.ts";

const lab = "test/lab/lab.ts";

export interface How {
  /** Nothing else runs: its lines need no name before them. */
  readonly alone: boolean;
  /** Ends the tests; what was brought up is taken down all the same. */
  readonly signal: AbortSignal;
}

/** Labs come up one at a time: the first of a machine installs and builds what the others need. */
const comingUp = pLimit(1);

/** Runs a stage in labs that are brought up for it and taken down again. */
export async function runStage(stage: Stage, how: How): Promise<Ran> {
  const clock = new Clock();
  const run = runner(stage, how);
  if (stage.packages !== undefined) await install(stage.packages);
  let outcome: Outcome;
  let labSeconds = 0;
  try {
    const down = await labsOf(stage, run);
    if (stage.labs.length > 0) labSeconds = clock.seconds();
    outcome = down === undefined ? await testsOf(stage, run) : oneFailed(`stage ${stage.name}: the lab "${down}" did not come up`);
  } finally {
    const end = runner(stage, { ...how, signal: new AbortController().signal });
    for (const name of stage.labs) await end(process.execPath, [lab, "down"], { LAB_NAME: name });
  }
  return { stage: stage.name, seconds: clock.seconds(), labSeconds, outcome };
}

/** Counts from when it was made. */
class Clock {
  readonly #started = performance.now();
  readonly seconds = (): number => (performance.now() - this.#started) / 1000;
}

/** Brings up the labs of a stage; returns the one that did not come up. */
async function labsOf({ labs }: Stage, run: Run): Promise<string | undefined> {
  for (const name of labs) if ((await comingUp(() => run(process.execPath, [lab, "up"], { LAB_NAME: name }))) !== 0) return name;
  return undefined;
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
      : await run(process.execPath, [lab, "run", process.execPath, ...args], { LAB_NAME: first });
  try {
    return outcomeOf(JSON.parse(readFileSync(report, "utf8")) as Report, exitCode);
  } catch {
    return oneFailed(`stage ${name} ended with ${exitCode} and without a report`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a command with its output shown; returns its exit code. */
type Run = (program: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<number>;

function runner({ name }: Stage, { alone, signal }: How): Run {
  const named = function* (line: unknown): Generator<string> {
    yield `${name.padEnd(9)} │ ${String(line)}`;
  };
  const shown: "inherit" | ["inherit", typeof named] = alone ? "inherit" : ["inherit", named];
  return async (program, args, env = {}) => {
    if (signal.aborted) return 1;
    const { exitCode } = await execa(program, args, {
      stdin: "ignore",
      stdout: shown,
      stderr: shown,
      buffer: false,
      reject: false,
      env,
      preferLocal: true,
      cancelSignal: signal,
    });
    return exitCode ?? 1;
  };
}

/** Where it cannot be done, the tests that need the packages are skipped, and the count says so. */
async function install(packages: readonly string[]): Promise<void> {
  try {
    if (process.getuid?.() === 0) await installPackages((line) => console.log(line), packages);
  } catch (error) {
    console.log(String(error));
  }
}
