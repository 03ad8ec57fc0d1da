// node bench/light.ts: processor time and memory of commands that find nothing to do, next to Node itself in the same run. The servers are
// those of the contract tests, so nothing is waited for; what helm takes is not counted.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scene } from "../test/contract/scene.ts";
import { median } from "./measure.ts";

const rounds = Number(process.env["ROUNDS"] ?? 12);
const bin = join(import.meta.dirname, "../bin/vault-k8s");
const cluster = ["--cluster", "eks-prod", "--secret", "db", "--kubeconfig", "kubeconfig"];

const candidates: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "--help": [bin, "--help"],
  "bootstrap, no-op": [bin, "bootstrap", ...cluster],
  plan: [bin, "plan", ...cluster],
  verify: [bin, "verify", ...cluster],
  status: [bin, "status", ...cluster],
};

const scene = await Scene.open();
scene.helm.timeoutMs = 30_000;
const [probe, used] = [join(scene.folder, "probe.cjs"), join(scene.folder, "used.json")];
writeFileSync(probe, `process.on("exit", () => require("fs").writeFileSync(process.env.USED, JSON.stringify(process.resourceUsage())));`);
const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: join(scene.folder, "home"),
  XDG_CACHE_HOME: scene.folder,
  VAULT_K8S_HELM: scene.helm.program,
  USED: used,
};

interface Cost {
  /** Milliseconds of processor time, of the process alone. */
  readonly cpu: number;
  /** The largest resident set, in MB. */
  readonly memory: number;
}

async function cost(args: readonly string[]): Promise<Cost> {
  const child = spawn(process.execPath, ["--require", probe, ...args], { cwd: scene.folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const status = await new Promise((resolve) => void child.on("close", resolve));
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${String(status)}\n${said}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(used, "utf8")) as NodeJS.ResourceUsage;
  return { cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 };
}

// The first puts everything there, the second verifies what only then can be.
await cost([bin, "bootstrap", ...cluster]);
scene.put("k8s/eks-prod/db", { username: "somebody" });
const costs = Object.fromEntries(Object.keys(candidates).map((name) => [name, [] as Cost[]]));
// The first round fills the caches and is not counted. Candidates take turns, so that a busy moment meets all of them.
for (let round = 0; round <= rounds; round++) {
  for (const [name, args] of Object.entries(candidates)) {
    const took = await cost(args);
    if (round > 0) costs[name]?.push(took);
  }
}
await scene.close();

const of = (name: string, what: keyof Cost): number => median((costs[name] ?? []).map((each) => each[what]));
const column = (value: number, unit: string): string => `${value.toFixed(0).padStart(5)} ${unit}`;
for (const name of Object.keys(candidates)) {
  const [cpu, memory] = [of(name, "cpu"), of(name, "memory")];
  const times = (cpu / of("node -e 0", "cpu")).toFixed(1).padStart(5);
  console.log(`${name.padEnd(18)} ${column(cpu, "ms CPU")} ${times} times bare Node ${column(memory, "MB")}`);
}
process.exit(0);
