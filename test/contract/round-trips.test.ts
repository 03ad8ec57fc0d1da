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

/** Addresses are others each time. */
const plain = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, "HOST");

/** What was asked in which round trip; how often, where it was more than once in it. */
function listed({ exit, asked, rounds, connections, processes }: Taken): string {
  const lines = asked.map(({ round, server, method, question }) => [round, plain(`  ${server}: ${method} ${question}`)] as const);
  const perRound = [...new Set(lines.map(([round]) => round))].sort((one, other) => one - other);
  const opened = [...new Set(connections.map(({ to, round }) => `${to}, round trip ${round}`))];
  const times = (all: readonly string[], one: string): string => {
    const count = all.filter((each) => each === one).length;
    return count === 1 ? one : `${one} (${count} times)`;
  };
  const openedAll = connections.map(({ to, round }) => `${to}, round trip ${round}`);
  return [
    `exit ${exit}, ${asked.length} requests in ${rounds} round trips, ${connections.length} connections, ${processes.length} processes`,
    ...opened.sort().map((one) => `connection to ${times(openedAll, one)}`),
    ...processes,
    ...perRound.flatMap((round) => {
      const texts = lines.filter(([each]) => each === round).map(([, text]) => text);
      return [`round trip ${round}`, ...[...new Set(texts)].sort().map((text) => times(texts, text))];
    }),
    "",
  ].join("\n");
}

/** Compares with the list that is checked in; UPDATE_GOLDENS=1 writes it instead. */
function asListed(name: string, taken: Taken): void {
  const file = join(import.meta.dirname, "round-trips", `${name}.txt`);
  const text = listed(taken);
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(file, text);
  else
    expect(text, `${name}, which said ${taken.stderr}; UPDATE_GOLDENS=1 writes it anew: fewer is better`).toBe(readFileSync(file, "utf8"));
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

test.each(lines)(
  "%s: what is asked, in how many round trips, over how many connections",
  async (name, line) => {
    const writes = name === "bootstrap-further-cluster";
    // What a command loads is there the second time, so that it is only the network that it waits for.
    if (!writes) await far.type(line());
    const taken = await far.type(line());
    expect([taken.exit, taken.stderr]).toEqual([0, expect.any(String)]);
    asListed(name, taken);
  },
  120_000,
);
