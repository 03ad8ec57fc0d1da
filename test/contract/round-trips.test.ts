import { readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Far, type Taken } from "./far.ts";
import { planted, Scene } from "./scene.ts";
import { Stages } from "./stages.ts";

let scene: Scene;
let far: Far;
let atAddress: readonly string[];

beforeAll(async () => {
  scene = await Scene.open();
  // A machine that is busy is no reason to fail.
  scene.helm.timeoutMs = 60_000;
  await new Stages(scene, await scene.spec()).before("verify");
  await scene.prod.settled();
  scene.put("k8s/eks-staging/db", { username: planted.username, password: planted.password });
  far = await Far.from(scene);
  const token = join(scene.folder, "token");
  await writeFile(token, `${scene.vault.storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root", ttl: 0 }).id}\n`);
  atAddress = ["--vault-addr", far.vaultUrl, "--vault-token-file", token, "--consumer-vault-addr", scene.vault.url];
}, 120_000);

afterAll(async () => {
  await far.close();
  await scene.close();
});

const inPods = (): readonly string[] => ["--cluster", "eks-prod", "--secret", "db"];
const further = (): readonly string[] => {
  const staging = ["--cluster", "eks-staging", "--secret", "db", "--kubernetes-host", scene.staging.url];
  return [...staging, ...atAddress];
};

/** What is in the way of a command, of which fewer is better. */
interface Counts {
  readonly roundTrips: number;
  readonly connections: number;
  readonly processes: readonly string[];
  /** How often each question was asked. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Ways to a pod are connections, of which as many are opened as there are requests at once. */
const isWay = (path: string): boolean => path.includes("/portforward");

function countsOf({ asked, connections, processes, rounds }: Taken): Counts {
  const requests: Record<string, number> = {};
  const words = asked.filter(({ path }) => !isWay(path)).map(({ server, method, question }) => `${server}: ${method} ${question}`);
  for (const one of words.sort()) requests[one] = (requests[one] ?? 0) + 1;
  return { roundTrips: rounds, connections: connections + asked.filter(({ path }) => isWay(path)).length, processes, requests };
}

/** What must not be passed, whatever is listed. The port-forwards lead to a Vault without TLS here, whose handshake is one more. */
const atMost: Readonly<Record<string, number>> = { "bootstrap-nothing-to-do-address": 6, "bootstrap-nothing-to-do-pods": 8 };

/** Whether requests of the same moment find an idle connection is not known beforehand. */
const byChance = 4;

/** Compares with the list that is checked in; UPDATE_GOLDENS=1 writes it instead. What a busy machine may do in another order are at most as many. */
function asListed(name: string, found: Counts, said: string): void {
  const file = join(import.meta.dirname, "round-trips", `${name}.json`);
  if (process.env["UPDATE_GOLDENS"] === "1") return writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
  const { roundTrips, connections, ...exactly } = JSON.parse(readFileSync(file, "utf8")) as Counts;
  const why = `${name}; UPDATE_GOLDENS=1 writes it anew, and fewer is better. It said ${said}`;
  expect({ processes: found.processes, requests: found.requests }, why).toEqual(exactly);
  expect(found.roundTrips, why).toBeLessThanOrEqual(Math.min(roundTrips + 1, atMost[name] ?? Infinity));
  expect(found.connections, why).toBeLessThanOrEqual(connections + byChance);
}

// In this order: the further cluster is wired by the second one.
const lines: readonly (readonly [string, () => readonly string[]])[] = [
  ["bootstrap-nothing-to-do-pods", () => ["bootstrap", ...inPods()]],
  ["bootstrap-further-cluster", () => ["bootstrap", ...further()]],
  ["bootstrap-nothing-to-do-address", () => ["bootstrap", ...further()]],
  ["plan-pods", () => ["plan", ...inPods()]],
  ["plan-address", () => ["plan", ...further()]],
  ["verify-pods", () => ["verify", ...inPods()]],
  ["verify-address", () => ["verify", ...further()]],
  ["status-pods", () => ["status", ...inPods()]],
  ["status-address", () => ["status", ...further()]],
];

// A machine that stands still at the wrong moment lets a round trip begin too soon: the same command is counted again then.
test.each(lines)(
  "%s: what is asked, in how many round trips, over how many connections",
  { timeout: 120_000, retry: 2 },
  async (name, line) => {
    const writes = name === "bootstrap-further-cluster";
    // What a command loads is there the second time, so that it is only the network that it waits for.
    if (!writes) await far.type(line());
    const taken = await far.type(line());
    expect(taken.exit, taken.stderr).toBe(0);
    asListed(name, countsOf(taken), taken.stderr);
  },
);
