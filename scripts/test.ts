/**
 * npm test: every stage, one count. `node scripts/test.ts STAGE...` runs only those that are named. A stage that needs labs has them brought up
 * for it and taken down again; see test/lab/README.md.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";

/** Tests that run together. */
interface Stage {
  readonly name: string;
  /** Of vitest.config.ts. */
  readonly projects: readonly string[];
  /** The labs that it needs, empty at its beginning; the tests run on the network of the first one. */
  readonly labs: readonly string[];
}

const stages: readonly Stage[] = [
  { name: "quick", projects: ["unit", "contract", "cli"], labs: [] },
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

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
}

const lab = "test/lab/lab.ts";
const reports = mkdtempSync(join(tmpdir(), "vault-k8s-test-"));
const oneFailed: Counts = { passed: 0, failed: 1, skipped: 0 };

/** Runs a command with its output shown; returns its exit code. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  return execaSync(program, args, { stdio: ["ignore", "inherit", "inherit"], reject: false, env, preferLocal: true }).exitCode ?? 1;
}

function vitest({ projects, labs: [first] }: Stage): Counts {
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
  return counts(report, exitCode);
}

function counts(report: string, exitCode: number): Counts {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, "utf8"),
    ) as Report;
    // A file that could not be loaded has no failed test, but failed.
    const failed = numFailedTests === 0 && (numFailedTestSuites > 0 || exitCode !== 0) ? 1 : numFailedTests;
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch {
    return oneFailed;
  }
}

function runStage(stage: Stage): Counts {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  try {
    for (const name of stage.labs) if (run(process.execPath, [lab, "up"], { LAB_NAME: name }) !== 0) return oneFailed;
    if (stage.labs.length > 0) console.log(`labs are up after ${seconds()} s`);
    return vitest(stage);
  } finally {
    for (const name of stage.labs) run(process.execPath, [lab, "down"], { LAB_NAME: name });
    console.log(`stage ${stage.name}: ${seconds()} s`);
  }
}

function chosen(names: readonly string[]): readonly Stage[] {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) throw new Error(`There is no stage "${unknown}": ${stages.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
}

const all = chosen(process.argv.slice(2)).map(runStage);
rmSync(reports, { recursive: true });
const sum = (key: keyof Counts): number => all.reduce((total, one) => total + one[key], 0);
const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || skipped > 0 || passed === 0 ? 1 : 0;
