import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../test/lab/machine/packages.ts";
import { labOf, labProgram } from "./labs.ts";
import type { Lane } from "./lanes.ts";
import { oneFailed, outcomeOf } from "./report.ts";
import type { Outcome, Report } from "./report.ts";
import { runner, type Run } from "./runner.ts";
import type { Stage } from "./stages.ts";
import type { Beginning, Suite } from "./suites.ts";
import type { Ran } from "./summary.ts";

/** Runs what needs no lab; its lines are shown as they are. */
export async function runStage({ name, script, projects, packages }: Stage, signal: AbortSignal): Promise<Ran> {
  const clock = new Clock();
  const run = runner({ signal });
  if (packages !== undefined) await install(packages);
  const outcome = script === undefined ? await vitest(name, projects, (args) => run(process.execPath, args)) : await npmRun(script, run);
  return { name, seconds: clock.seconds(), labSeconds: 0, outcome };
}

/** Runs suites one after the other in a lab of its own, which is taken down however they end. */
export class LabLane implements Lane {
  readonly #lab;
  readonly #signal: AbortSignal;
  #fresh: Beginning | undefined;

  constructor(number: number, signal: AbortSignal) {
    this.#lab = labOf(number);
    this.#signal = signal;
  }

  get fresh(): Beginning | undefined {
    return this.#fresh;
  }

  async run({ name, begins, keeps }: Suite): Promise<Ran> {
    const clock = new Clock();
    const run = runner({ name, signal: this.#signal });
    const isUp = this.#fresh === begins || (await this.#lab.begin(begins, run));
    const labSeconds = clock.seconds();
    this.#fresh = undefined;
    const outcome = isUp ? await this.#tests(name, run) : oneFailed(`suite ${name}: its lab did not come up`);
    if (keeps === true && outcome.failed === 0) this.#fresh = begins;
    return { name, seconds: clock.seconds(), labSeconds, outcome };
  }

  async end(): Promise<void> {
    await this.#lab.down(runner({ name: this.#lab.name, signal: new AbortController().signal }));
  }

  #tests(name: string, run: Run): Promise<Outcome> {
    const env = { LAB_NAME: this.#lab.name };
    const file = `test/lab/suites/${name}.lab.test.ts`;
    return vitest(name, ["lab"], (args) =>
      run(process.execPath, [labProgram, "run", process.execPath, ...args, join(process.cwd(), file)], env),
    );
  }
}

/** Counts from when it was made. */
class Clock {
  readonly #started = performance.now();
  readonly seconds = (): number => (performance.now() - this.#started) / 1000;
}

async function npmRun(script: string, run: Run): Promise<Outcome> {
  const exitCode = await run("npm", ["run", script]);
  if (exitCode !== 0) return oneFailed(`npm run ${script} ended with ${exitCode}`);
  return { passed: 1, failed: 0, skipped: 0, failures: [], times: [] };
}

async function vitest(name: string, projects: readonly string[], run: (args: readonly string[]) => Promise<number>): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "vault-k8s-test-"));
  const report = join(folder, "report.json");
  const exitCode = await run([
    join(process.cwd(), "node_modules/vitest/vitest.mjs"),
    "run",
    "--root",
    process.cwd(),
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  try {
    return outcomeOf(JSON.parse(readFileSync(report, "utf8")) as Report, exitCode);
  } catch {
    return oneFailed(`${name} ended with ${exitCode} and without a report`);
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
