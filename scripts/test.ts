// npm test: every layer, one count. The lab is brought up for it and taken down again; see test/lab/README.md.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";

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

const labs = ["first", "second"];
const lab = "test/lab/lab.ts";
const reports = mkdtempSync(join(tmpdir(), "vault-k8s-test-"));

/** Runs a command with its output shown; returns its exit code. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  return execaSync(program, args, { stdio: ["ignore", "inherit", "inherit"], reject: false, env, preferLocal: true }).exitCode ?? 1;
}

function vitest(projects: readonly string[], before: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Counts {
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
  const exitCode = run(process.execPath, [...before, ...args], env);
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
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function inLabs(): Counts {
  const started = Date.now();
  for (const name of labs) {
    if (run(process.execPath, [lab, "up"], { LAB_NAME: name }) !== 0) return { passed: 0, failed: 1, skipped: 0 };
  }
  console.log(`both labs are up after ${Math.round((Date.now() - started) / 1000)} s`);
  return vitest(["lab"], [lab, "run", process.execPath], { LAB_NAME: "first" });
}

function allLayers(): Counts[] {
  const quick = vitest(["unit", "contract", "cli"]);
  try {
    return [quick, inLabs()];
  } finally {
    for (const name of labs) run(process.execPath, [lab, "down"], { LAB_NAME: name });
  }
}

const all = allLayers();
rmSync(reports, { recursive: true });
const sum = (key: keyof Counts): number => all.reduce((total, one) => total + one[key], 0);
const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || skipped > 0 || passed === 0 ? 1 : 0;
