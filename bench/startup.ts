// npm run bench: how long a command takes before it does anything, next to Node itself in the same run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const allowed = 1.8;
const rounds = 40;
const bin = join(import.meta.dirname, "../bin/vault-k8s");
const home = mkdtempSync(join(tmpdir(), "vault-k8s-bench-"));

const candidates: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "--version": [bin, "--version"],
  "--help": [bin, "--help"],
  "bootstrap --help": [bin, "bootstrap", "--help"],
};

function milliseconds(args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { env: { PATH: process.env["PATH"], HOME: home }, stdio: "ignore" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
  return performance.now() - start;
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, [] as number[]]));
// The first round fills the compile cache and is not counted. Candidates take turns, so that a busy moment meets all of them.
for (let round = 0; round <= rounds; round++) {
  for (const [name, args] of Object.entries(candidates)) {
    const took = milliseconds(args);
    if (round > 0) times[name]?.push(took);
  }
}
rmSync(home, { recursive: true });

const bare = median(times["node -e 0"] ?? []);
for (const [name, all] of Object.entries(times))
  console.log(`${name.padEnd(18)} ${median(all).toFixed(1).padStart(7)} ms  ${(median(all) / bare).toFixed(2)} times bare Node`);
const ratio = median(times["--help"] ?? []) / bare;
console.log(`--help may take ${allowed} times bare Node; it takes ${ratio.toFixed(2)}.`);
process.exitCode = ratio <= allowed ? 0 : 1;
