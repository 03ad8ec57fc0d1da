import { writeFile } from "node:fs/promises";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { fleetDocument } from "../../src/fleet/report/schema.ts";
import { kubeError } from "../fakes/wire/faults.ts";
import { Scene } from "./scene.ts";
import { typed, type Typed } from "./typed.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
  const { storage } = scene.vault.ready();
  await writeFile(join(scene.folder, "token"), `${storage.issued[0] ?? ""}\n`);
  const clusters = Object.fromEntries(
    [scene.prod, scene.staging].map((kube) => [kube.name, { context: kube.name, auth: { kubernetesHost: kube.url } }]),
  );
  await writeFile(join(scene.folder, "vault-k8s.yaml"), stringify({ fleet: { name: "eu" }, clusters }));
});
afterEach(() => scene.close());

const fleet = (command: string, ...flags: readonly string[]): Promise<Typed> => {
  const vault = ["--vault-addr", scene.vault.url, "--vault-token-file", join(scene.folder, "token")];
  const argv = [
    "fleet",
    command,
    "--kubeconfig",
    join(scene.folder, "kubeconfig"),
    "--timeout",
    "1s",
    "--helm",
    scene.helm.program,
    ...vault,
    ...flags,
  ];
  return typed(argv, { env: { PATH: process.env["PATH"], HOME: scene.folder }, cwd: scene.folder });
};
const wiring = ["--steps", "reviewer,kv,policy,auth,role"];
const linesOf = ({ stdout }: Typed): Record<string, unknown>[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("apply streams a line as each cluster ends, explains what failed, and does only what is missing when it is run again", async () => {
  scene.line.break(({ server }) =>
    server.endsWith(scene.staging.name) ? kubeError(403, "Forbidden", 'forbidden: User "operator" cannot do this') : undefined,
  );
  const first = await fleet("apply", ...wiring, "-o", "jsonl");
  expect([first.exit, first.stderr]).toEqual([1, ""]);
  const lines = linesOf(first);
  for (const line of lines) expect(fleetDocument.safeParse(line).error, JSON.stringify(line)).toBeUndefined();
  expect(lines.map(({ kind }) => kind)).toEqual(["FleetBegin", "FleetCluster", "FleetCluster", "FleetEnd"]);
  expect(lines[0]).toMatchObject({ schema: "fleet.v1", command: "fleet apply", fleet: "eu", clusters: 2 });
  expect(lines.at(-1)).toMatchObject({ counts: { changed: 1, failed: 1 }, exitCode: 1 });
  scene.line.mend();
  const again = await fleet("apply", ...wiring);
  expect(again.exit, again.stderr).toBe(0);
  expect(again.stderr).toMatch(/eks-prod unchanged/);
  expect(again.stderr).toMatch(/eks-staging changed \d+/);
  expect(again.stderr).toMatch(/2 clusters: 1 changed, 1 unchanged, in/);
  expect(again.stdout).toBe("");
}, 60_000);

test("plan writes nothing and is data; status and its page; -o json is one document", async () => {
  const plan = await fleet("plan", ...wiring);
  expect([plan.exit, plan.stdout]).toEqual([0, expect.stringMatching(/eks-prod would change[^]*2 clusters: 2 would change/)]);
  expect(scene.vault.storage.mounts.has("kv/")).toBe(false);
  const status = await fleet("status", "-o", "json", "--html", "fleet.html");
  expect(fleetDocument.safeParse(JSON.parse(status.stdout)).error).toBeUndefined();
  expect(JSON.parse(status.stdout)).toMatchObject({ kind: "FleetRun", counts: { notWell: 2 }, exitCode: 2 });
  expect(status.exit).toBe(2);
  const page = await readFile(join(scene.folder, "fleet.html"), "utf8");
  expect(page).toContain("<title>vault-k8s fleet eu: 2 of 2 not well</title>");
  expect(page.match(/<tr class="not-well">/g)).toHaveLength(2);
}, 60_000);

test("the fleet's Vault is always named, and numbers are numbers", async () => {
  const run = (...argv: string[]): Promise<Typed> =>
    typed(["fleet", "apply", ...argv], {
      env: { PATH: process.env["PATH"], HOME: scene.folder, VAULT_ADDR: scene.vault.url },
      cwd: scene.folder,
    });
  expect((await run()).exit).toBe(64);
  for (const flags of [
    ["--concurrency", "0"],
    ["--canary", "x"],
    ["--max-failures", "1.5"],
    ["--cluster-timeout", "0"],
    ["--steps", "install"],
  ])
    expect((await fleet("apply", ...flags)).exit, flags.join(" ")).toBe(64);
  expect((await typed(["status", "-o", "jsonl"], { env: { HOME: scene.folder }, cwd: scene.folder })).exit).toBe(64);
}, 60_000);

const described = (path: string): string => String(scene.vault.storage.auth.get(`${path}/`)?.description);

test("the mark names the fleet; a cluster that has left is told, and goes from Vault with --prune and its number alone", async () => {
  expect((await fleet("apply", ...wiring)).exit).toBe(0);
  expect(described("k8s-eks-prod")).toMatch(/, fleet eu$/);
  await writeFile(
    join(scene.folder, "vault-k8s.yaml"),
    stringify({ fleet: { name: "eu" }, clusters: { "eks-prod": { context: "eks-prod", auth: { kubernetesHost: scene.prod.url } } } }),
  );
  const plain = await fleet("apply", ...wiring);
  expect([plain.exit, plain.stderr]).toEqual([0, expect.stringContaining("1 clusters have left the fleet: auth/k8s-eks-staging")]);
  expect((await fleet("apply", ...wiring, "--prune")).exit).toBe(64);
  expect((await fleet("apply", ...wiring, "--prune", "--confirm", "2")).exit).toBe(64);
  expect((await fleet("apply", ...wiring, "--prune", "--confirm", "1", "--only", "eks-*")).exit).toBe(64);
  expect(described("k8s-eks-staging")).toMatch(/, fleet eu$/);
  const roles = scene.vault.storage.auth.get("k8s-eks-staging/")!.roles;
  roles.set("billing", { ...roles.get("external-secrets")! });
  const kept = await fleet("apply", ...wiring, "--prune", "--confirm", "1");
  expect([kept.exit, kept.stderr]).toEqual([0, expect.stringContaining("auth/k8s-eks-staging has roles of others: billing")]);
  expect(scene.vault.storage.policies.has("k8s-eks-staging-read")).toBe(true);
  roles.delete("billing");
  const pruned = await fleet("apply", ...wiring, "--prune", "--confirm", "1");
  expect(pruned.exit, pruned.stderr).toBe(0);
  expect([...scene.vault.storage.auth.keys()]).not.toContain("k8s-eks-staging/");
  expect(scene.vault.storage.policies.has("k8s-eks-staging-read")).toBe(false);
  expect(scene.vault.storage.policies.has("k8s-eks-prod-read")).toBe(true);
}, 60_000);

test("teardown wants the number; rotate-reviewer; doctor names what clusters have in common once", async () => {
  expect((await fleet("apply", "--steps", "external-secrets,reviewer,kv,policy,auth,role")).exit).toBe(0);
  const doctor = await fleet("doctor", "-o", "json");
  expect(JSON.parse(doctor.stdout)).toMatchObject({ kind: "FleetRun", counts: { clusters: 2 } });
  const rotated = await fleet("rotate-reviewer", "-o", "json");
  expect(JSON.parse(rotated.stdout), rotated.stderr).toMatchObject({ counts: { clusters: 2, changed: 2 }, exitCode: 0 });
  expect((await fleet("teardown")).exit).toBe(64);
  expect((await fleet("teardown", "--confirm", "3")).exit).toBe(64);
  const gone = await fleet("teardown", "--confirm", "2");
  expect(gone.exit, gone.stderr).toBe(0);
  expect([...scene.vault.storage.auth.keys()].filter((path) => path.startsWith("k8s-"))).toEqual([]);
}, 60_000);
