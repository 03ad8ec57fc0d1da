import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTurns } from "./measure.ts";
import { costOf } from "./memory.ts";

/** What starting a program takes. */
export interface Start {
  readonly milliseconds: number;
  /** MB of its largest process. */
  readonly memory: number;
}

const bin = join(import.meta.dirname, "../bin/vault-k8s");

/** Command lines that ask no system; others may be compared with them. */
export const own: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "node -e 0": [process.execPath, "-e", "0"],
  "vault-k8s --version": [process.execPath, bin, "--version"],
  "vault-k8s --help": [process.execPath, bin, "--help"],
  "vault-k8s bootstrap --help": [process.execPath, bin, "bootstrap", "--help"],
};

/** How long each takes before it does anything: the median, with a home of its own where the compile cache is filled by a first round. */
export function startTimes(programs: Readonly<Record<string, readonly [string, ...string[]]>>, rounds: number): Record<string, Start> {
  const home = mkdtempSync(join(tmpdir(), "vault-k8s-bench-"));
  const env = { PATH: process.env["PATH"] ?? "", HOME: home };
  const candidates = Object.fromEntries(Object.entries(programs).map(([name, command]) => [name, { command, env }]));
  try {
    const times = inTurns(candidates, rounds);
    return Object.fromEntries(
      Object.entries(candidates).map(([name, each]) => [name, { milliseconds: times[name] ?? Number.NaN, memory: costOf(each).memory }]),
    );
  } finally {
    rmSync(home, { recursive: true });
  }
}
