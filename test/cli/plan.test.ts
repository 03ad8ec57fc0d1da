import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { planDocument, runDocument } from "../../src/run/plan/schema.ts";
import { onFakes, steady } from "./on-fakes.ts";
import { golden, transcript, type Ran } from "./product.ts";

// One cluster: the tests go on where the one before stopped.
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
});
afterAll(() => scene.close());

const cluster = ["--cluster", "eks-prod"];
const password = "canary-helm-value-90f2b6";
const secretSet = ["--set", `server.extraEnvironmentVars.DB_PASSWORD=${password}`];
const changed = [...cluster, "--kv-prefix", "team", "--token-ttl", "2h", "--ui", ...secretSet];
const file = (name: string): string => join(scene.folder, name);

/** Runs a command that must write nothing, and must not say the value that looks like a secret. */
async function reads(args: readonly string[]): Promise<Ran> {
  const mark = scene.line.journal.length;
  const run = await onFakes(scene, args);
  expect(
    scene.line.asked(mark).filter(({ method, path }) => isWrite(method, path)),
    run.stderr,
  ).toEqual([]);
  expect(run.stdout + run.stderr).not.toContain(password);
  return run;
}

describe("a plan of everything", () => {
  it("is a document that its schema describes, and needs nothing to be there", async () => {
    const run = await reads(["plan", ...cluster, "--secret", "db", "-o", "json"]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(planDocument.parse(JSON.parse(run.stdout)).counts).toEqual({ create: 8, update: 0, delete: 0, unchanged: 2, pending: 12 });
    golden("plans/from-nothing.json", steady(scene, run.stdout));
  });

  it("with --print-commands is a script that a shell reads; the plan itself stands on standard error", async () => {
    const run = await reads(["plan", ...cluster, "--secret", "db", "--print-commands"]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain("Plan: 8 to create");
    expect(spawnSync("sh", ["-n"], { input: run.stdout, encoding: "utf8" }).stderr).toBe("");
    golden("plans/from-nothing.sh", steady(scene, run.stdout));
  });

  it("with --detailed-exitcode ends with 2 where there is work, and with 1 on any error", async () => {
    expect((await reads(["plan", ...cluster, "--detailed-exitcode", "-q"])).exitCode).toBe(2);
    const unknown = await reads(["plan", ...cluster, "--context", "nowhere", "--detailed-exitcode"]);
    expect(unknown.stderr).toContain("VK1102");
    expect(unknown.exitCode).toBe(1);
  });
});

describe("a plan that is kept", () => {
  it("is applied from nothing, and then there is nothing to plan", async () => {
    const plan = await reads(["plan", ...cluster, "--out", file("first.json")]);
    expect(plan.exitCode, plan.stderr).toBe(0);
    const apply = await onFakes(scene, ["apply", file("first.json"), "-o", "json"]);
    expect(apply.exitCode, apply.stderr).toBe(0);
    expect(runDocument.parse(JSON.parse(apply.stdout)).counts).toMatchObject({ create: 17, update: 2, pending: 0 });
    const again = await reads(["plan", ...cluster, "--detailed-exitcode"]);
    expect(again.exitCode, again.stdout).toBe(0);
  });

  it("shows a policy and a manifest as a diff of lines, a secret value only as a fingerprint", async () => {
    const args = ["plan", ...changed, "--out", file("changed.json")];
    const run = await reads(args);
    expect(run.exitCode, run.stderr).toBe(0);
    golden(
      "plans/changed.txt",
      steady(
        scene,
        transcript(
          args.map((word) => word.replace(password, "SECRET")),
          run,
        ),
      ),
    );
  });

  it("is a file of its owner without secret values, which holds what makes it again", async () => {
    const text = await readFile(file("changed.json"), "utf8");
    expect((await stat(file("changed.json"))).mode & 0o777).toBe(0o600);
    expect(text).not.toContain(password);
    expect(planDocument.parse(JSON.parse(text)).saved).toMatchObject({
      settings: { cluster: "eks-prod", ui: "true", "kv-prefix": "team/" },
      asked: [{ flag: "set", key: "server.extraEnvironmentVars.DB_PASSWORD" }],
    });
  });

  it("holds no secret of a value either, and asks for it again", async () => {
    const url = ["--set", `server.extraEnvironmentVars.VAULT_PG_CONNECTION_URL=postgres://vault:${password}@db/vault`];
    const plan = await reads(["plan", ...cluster, ...url, "--out", file("url.json")]);
    expect(plan.exitCode, plan.stderr).toBe(0);
    expect(await readFile(file("url.json"), "utf8")).not.toContain(password);
    const alone = await reads(["apply", file("url.json")]);
    expect(alone.stderr).toContain("--set server.extraEnvironmentVars.VAULT_PG_CONNECTION_URL");
    const script = await reads(["install", ...cluster, ...url, "--dry-run", "--print-commands"]);
    expect(script.stdout).toContain("ask server.extraEnvironmentVars.VAULT_PG_CONNECTION_URL");
  });

  it("is refused where a setting that it must hold has a secret in it", async () => {
    const run = await reads(["plan", ...cluster, "--keys-command", `keep --token=${password}`, "--out", file("refused.json")]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining("--keys-command holds a secret")]);
    await expect(readFile(file("refused.json"), "utf8")).rejects.toThrow("ENOENT");
  });

  it("is not applied without the value that it does not hold, nor with anything else", async () => {
    const alone = await reads(["apply", file("changed.json")]);
    expect([alone.exitCode, alone.stderr]).toEqual([64, expect.stringContaining("VK1007")]);
    const more = await reads(["apply", file("changed.json"), ...secretSet, "-n", "other"]);
    expect([more.exitCode, more.stderr]).toEqual([64, expect.stringContaining("apply takes no --namespace")]);
    const other = await reads(["apply", file("changed.json"), ...secretSet, "--set", "a=b"]);
    expect([other.exitCode, other.stderr]).toEqual([64, expect.stringContaining("The plan asks for no --set a")]);
  });

  it("is refused with what differs once the world has moved", async () => {
    const role = await onFakes(scene, ["role", ...cluster, "--token-max-ttl", "30h"]);
    expect(role.exitCode, role.stderr).toBe(0);
    const args = ["apply", file("changed.json"), ...secretSet];
    const run = await reads(args);
    expect(run.exitCode).toBe(1);
    golden(
      "plans/moved.txt",
      steady(
        scene,
        transcript(
          args.map((word) => word.replace(password, "SECRET")),
          run,
        ),
      ),
    );
    expect((await onFakes(scene, ["role", ...cluster])).exitCode).toBe(0);
  });

  it("is applied as it is, and then a plan with the same settings is empty", async () => {
    const apply = await onFakes(scene, ["apply", file("changed.json"), ...secretSet]);
    expect(apply.exitCode, apply.stderr).toBe(0);
    expect(apply.stderr).toContain("Done: 3 changed");
    expect(apply.stdout + apply.stderr).not.toContain(password);
    const again = await reads(["plan", ...changed, "--detailed-exitcode"]);
    expect(again.exitCode, again.stdout).toBe(0);
  });

  it("is of its own cluster only", async () => {
    const plan = await reads(["plan", ...cluster, "--out", file("prod.json")]);
    expect(plan.exitCode, plan.stderr).toBe(0);
    const text = await readFile(file("prod.json"), "utf8");
    await writeFile(file("moved.json"), text.replace(/"clusterUid": "[^"]+"/, '"clusterUid": "another"'));
    const run = await reads(["apply", file("moved.json")]);
    expect([run.exitCode, run.stderr]).toEqual([
      1,
      expect.stringContaining("The plan is of the cluster whose kube-system namespace has UID another"),
    ]);
  });

  it("names no program: apply runs those that it is told itself, and refuses a plan that names one", async () => {
    const plan = await reads(["plan", ...cluster, "--keys-command", "cat > /dev/null", "--out", file("programs.json")]);
    expect(plan.exitCode, plan.stderr).toBe(0);
    const { saved } = planDocument.parse(JSON.parse(await readFile(file("programs.json"), "utf8")));
    const own = ["helm", "keys-command", "kubeconfig"];
    expect(Object.keys(saved!.settings).filter((flag) => own.includes(flag))).toEqual([]);
    expect([...saved!.toldAnew!].sort()).toEqual(own);
    const untold = await reads(["apply", file("programs.json")]);
    expect([untold.exitCode, untold.stderr]).toEqual([64, expect.stringContaining("--keys-command")]);
    const evil = JSON.parse(await readFile(file("prod.json"), "utf8")) as { saved: { settings: Record<string, string> } };
    evil.saved.settings["helm"] = join(scene.folder, "evil.sh");
    await writeFile(file("evil.sh"), `#!/bin/sh\ntouch ${file("ran")}\n`, { mode: 0o755 });
    await writeFile(file("evil.json"), JSON.stringify(evil));
    const run = await reads(["apply", file("evil.json")]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining("names what apply alone is told: --helm")]);
    expect(existsSync(file("ran"))).toBe(false);
  });

  it("names no file of keys or tokens, nor a CA of the environment, which stays a fallback", async () => {
    const env = { VAULT_CACERT: file("nothing.pem") };
    const keys = ["--init-file", join(scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json")];
    const made = await onFakes(scene, ["plan", ...cluster, ...keys, "--out", file("own.json")], { env });
    expect(made.exitCode, made.stderr).toBe(0);
    const { saved } = planDocument.parse(JSON.parse(await readFile(file("own.json"), "utf8")));
    expect([saved!.toldAnew, Object.keys(saved!.settings)]).toEqual([
      expect.arrayContaining(["init-file"]),
      expect.not.arrayContaining(["ca-cert"]),
    ]);
    const untold = await reads(["apply", file("own.json")]);
    expect([untold.exitCode, untold.stderr]).toEqual([64, expect.stringContaining("Say --init-file again.")]);
    const told = await onFakes(scene, ["apply", file("own.json"), ...keys], { env });
    expect([told.exitCode, told.stderr]).toEqual([0, expect.stringContaining("it is not looked at")]);
    for (const flag of ["init-file", "vault-token-file", "kubeconfig"]) {
      const evil = JSON.parse(await readFile(file("prod.json"), "utf8")) as { saved: { settings: Record<string, string> } };
      evil.saved.settings[flag] = file("elsewhere");
      await writeFile(file("evil.json"), JSON.stringify(evil));
      const run = await reads(["apply", file("evil.json")]);
      expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining(`apply alone is told: --${flag}`)]);
    }
  });

  it.each<[string, (steps: { id: string }[]) => { id: string }[]]>([
    ["a step left out", (steps) => steps.filter(({ id }) => id !== "retire-root")],
    ["its steps in another order", (steps) => [...steps].reverse()],
    ["a step that there is not", (steps) => [...steps, { ...steps[0]!, id: "nonsense" }]],
  ])("with %s is refused", async (_, changes) => {
    const plan = JSON.parse(await readFile(file("prod.json"), "utf8")) as { steps: { id: string }[] };
    await writeFile(file("steps.json"), JSON.stringify({ ...plan, steps: changes(plan.steps) }));
    const run = await reads(["apply", file("steps.json")]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining("Its steps are not those of vault-k8s plan")]);
  });

  it.each([
    ["a file that is not there", undefined, "It does not exist."],
    ["no JSON", "plan", "It is not JSON."],
    ["another document", '{"apiVersion":"vault-k8s.io/v1","kind":"Run"}', "is missing or not as this version"],
  ])("has to be one: %s", async (_, text, words) => {
    if (text !== undefined) await writeFile(file("wrong.json"), text);
    const run = await reads(["apply", file(text === undefined ? "nothing.json" : "wrong.json")]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining("VK1009")]);
    expect(run.stderr).toContain(words);
  });
});
