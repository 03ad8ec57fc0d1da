/**
 * npm test: every stage, one count. `node scripts/test.ts STAGE...` runs only those that are named. A stage that needs labs has them brought up
 * for it and taken down again; see test/lab/README.md.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execaSync } from "execa";
import { installPackages } from "../test/lab/machine/packages.ts";

/** Tests that run together. */
interface Stage {
  readonly name: string;
  /** Of vitest.config.ts. */
  readonly projects: readonly string[];
  /** The labs that it needs, empty at its beginning; the tests run on the network of the first one. */
  readonly labs: readonly string[];
  /** Debian packages that its tests run, beside those of the lab. */
  readonly packages?: readonly string[];
}

const stages: readonly Stage[] = [
  { name: "quick", projects: ["unit", "contract", "cli"], labs: [], packages: ["zsh", "fish"] },
  { name: "faults", projects: ["faults"], labs: ["faults"] },
  { name: "custody", projects: ["custody"], labs: ["custody"] },
  { name: "tls", projects: ["tls"], labs: ["tls"] },
  { name: "lab", projects: ["lab"], labs: ["first", "second"] },
  { name: "doctor", projects: ["doctor"], labs: ["doctor"] },
  { name: "around", projects: ["around"], labs: ["around"] },
  { name: "by-hand", projects: ["by-hand"], labs: ["by-hand"] },
  { name: "first-run", projects: ["first-run"], labs: ["first-run"] },
  { name: "plan", projects: ["plan"], labs: ["plan"] },
  { name: "export", projects: ["export"], labs: ["export"] },
];

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of each failure: where it is, and the first lines of what was said. */
  readonly failures: readonly string[];
}

/** What vitest's JSON reporter writes. */
interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const lab = "test/lab/lab.ts";
const reports = mkdtempSync(join(tmpdir(), "vault-k8s-test-"));

function oneFailed(what: string): Outcome {
  return { passed: 0, failed: 1, skipped: 0, failures: [what] };
}

/** Runs a command with its output shown; returns its exit code. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  return execaSync(program, args, { stdio: ["ignore", "inherit", "inherit"], reject: false, env, preferLocal: true }).exitCode ?? 1;
}

function vitest({ name, projects, labs: [first] }: Stage): Outcome {
  const report = join(reports, `${projects.join("-")}.json`);
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
    return outcome(JSON.parse(readFileSync(report, "utf8")) as Report, exitCode);
  } catch {
    return oneFailed(`stage ${name} ended with ${exitCode} and without a report`);
  }
}

function outcome(report: Report, exitCode: number): Outcome {
  const { numPassedTests: passed, numPendingTests, numTodoTests } = report;
  const failures = failuresOf(report);
  if (failures.length === 0 && exitCode !== 0) failures.push(`vitest ended with ${exitCode}, and no test failed`);
  return { passed, failed: failures.length, skipped: numPendingTests + numTodoTests, failures };
}

/** A file that could not be loaded has a message of its own and no test. */
function failuresOf({ testResults }: Report): string[] {
  return testResults
    .filter(({ status }) => status === "failed")
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(process.cwd(), name);
      const failed = assertionResults.filter(({ status }) => status === "failed");
      if (failed.length === 0) return [`${file}\n${firstLines(message)}`];
      return failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}\n${firstLines(failureMessages.join("\n"))}`);
    });
}

function firstLines(message: string): string {
  return stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !line.includes("node_modules"))
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join("\n");
}

async function runStage(stage: Stage): Promise<Outcome> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  try {
    if (stage.packages !== undefined) await install(stage.packages);
    for (const name of stage.labs) {
      if (run(process.execPath, [lab, "up"], { LAB_NAME: name }) !== 0)
        return oneFailed(`stage ${stage.name}: the lab "${name}" did not come up`);
    }
    if (stage.labs.length > 0) console.log(`labs are up after ${seconds()} s`);
    return vitest(stage);
  } finally {
    for (const name of stage.labs) run(process.execPath, [lab, "down"], { LAB_NAME: name });
    console.log(`stage ${stage.name}: ${seconds()} s`);
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

function chosen(names: readonly string[]): readonly Stage[] {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) throw new Error(`There is no stage "${unknown}": ${stages.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
}

const all: Outcome[] = [];
for (const stage of chosen(process.argv.slice(2))) all.push(await runStage(stage));
rmSync(reports, { recursive: true });
const sum = (key: "passed" | "failed" | "skipped"): number => all.reduce((total, one) => total + one[key], 0);
const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
// Named again at the end: a log of all stages is long, and often only its end is kept.
for (const failure of all.flatMap(({ failures }) => failures)) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || skipped > 0 || passed === 0 ? 1 : 0;
