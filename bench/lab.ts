import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { labState } from "../test/lab/api.ts";
import { componentFolder, lineOf, startPeers } from "../test/lab/build/index.ts";
import { makePlace, type Place } from "./place.ts";

const name = "bench";
const checkout = join(import.meta.dirname, "..");

/** Programs to compare the start with, each as it says its version. */
type Programs = Readonly<Record<string, readonly [string, ...string[]]>>;

/** Brings a lab up, works in it and takes it down, however that ends. kubectl as people have it is built where it is missing. */
export async function inLabOfItsOwn<T>(work: (place: Place, programs: Programs) => Promise<T>): Promise<T> {
  const { kubectl } = startPeers((event) => console.error(lineOf(event) ?? ""));
  const program = join(await kubectl, "kubectl");
  try {
    run("up");
    return await work(await makePlace(labState(name), program), programs(program));
  } finally {
    run("down");
  }
}

const programs = (kubectl: string): Programs => ({
  "kubectl version --client": [kubectl, "version", "--client"],
  "vault version": [join(componentFolder("vault"), "vault"), "version"],
  "helm version": [join(componentFolder("helm4"), "helm"), "version"],
});

function run(command: string): void {
  const { status } = spawnSync(process.execPath, ["test/lab/lab.ts", command], {
    cwd: checkout,
    env: { ...process.env, LAB_NAME: name },
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`lab ${command} ended with ${status}`);
}
