import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { vaultK8s, type Ran } from "../testing/product.ts";
import type { Vault } from "./vaults.ts";

const preload = join(import.meta.dirname, "preload.ts");

/** The files of one person: a data folder of their own. */
export class Person {
  readonly data: string;
  readonly keys: string;

  constructor(data: string) {
    this.data = data;
    this.keys = join(data, "vault-k8s", "eks-prod");
    // What a run that was ended left there is nobody's.
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
  }

  /** The text of a file beside the keys; undefined when it is not there. */
  file(name: string): string | undefined {
    const file = join(this.keys, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }
}

export interface Fault {
  /** Before which boundary the process dies; 0: it does not. */
  readonly at: number;
  readonly deed?: "cut" | "fill";
}

export interface FaultRun extends Ran {
  /** The boundaries that were reached, in their order. */
  readonly boundaries: readonly string[];
}

let runs = 0;

/** Runs the real command on one Vault, watched from outside. */
export async function command(
  { lab, namespace }: Vault,
  person: Person,
  args: readonly string[],
  { at, deed }: Fault = { at: 0 },
): Promise<FaultRun> {
  const log = join(lab.work, `boundaries-${process.pid}-${(runs += 1)}`);
  const env = {
    HOME: person.data,
    XDG_DATA_HOME: person.data,
    XDG_CACHE_HOME: cacheFolder(lab),
    NODE_OPTIONS: `--import ${preload} --disable-warning=ExperimentalWarning`,
    FAULT_FOLDER: person.data,
    FAULT_LOG: log,
    FAULT_AT: String(at),
    ...(deed !== undefined && { FAULT_DEED: deed }),
  };
  const flags = ["--cluster", "eks-prod", "--install-namespace", namespace, "--timeout", "60s"];
  // What comes after -- is a command of its own.
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const ran = await vaultK8s(lab, [...args.slice(0, end), ...flags, ...args.slice(end)], { env });
  const boundaries = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  rmSync(log);
  return { ...ran, boundaries };
}

/** Compiled code is kept between the runs, as it is for a person. */
const cacheFolder = (lab: LabState): string => join(lab.work, "cache");
