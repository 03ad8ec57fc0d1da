import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scene, planted } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { hang } from "../fakes/wire/faults.ts";
import { onFakes, onFakesInTerminal, steady } from "./on-fakes.ts";
import { golden, transcript, type Ran } from "./product.ts";

// One cluster, from nothing to a synced secret: the tests go on where the one before stopped.
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  // A machine that is busy is no reason to fail.
  scene.helm.timeoutMs = 30_000;
});
afterAll(() => scene.close());

const cluster = ["--cluster", "eks-prod"];
const writesOf = (mark: number): string[] =>
  scene.line
    .asked(mark)
    .filter(({ method, path }) => isWrite(method, path))
    .map(({ method, path }) => `${method} ${path}`);
const show = (args: readonly string[], run: Ran): string => steady(scene, transcript(args, run));

describe("a cluster with nothing in it", () => {
  it("is planned without a write", async () => {
    const args = ["bootstrap", ...cluster, "--secret", "db", "--dry-run"];
    const run = await onFakes(scene, args);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(writesOf(0)).toEqual([]);
    golden("runs/plan.txt", show(args, run));
  });

  it("has no Vault: status says so, and ends with 2", async () => {
    const args = ["status", ...cluster];
    const run = await onFakes(scene, args);
    expect(run.exitCode).toBe(2);
    golden("runs/status-of-nothing.txt", show(args, run));
  });

  it("cannot be given a policy: there is no Vault", async () => {
    const run = await onFakes(scene, ["policy", ...cluster]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("VK1207");
  });

  it("a values file that does not parse is refused with its line, before anything is written", async () => {
    await writeFile(join(scene.folder, "broken.yaml"), "server:\n  image: [unclosed\n");
    const run = await onFakes(scene, ["install", ...cluster, "--values", "broken.yaml"]);
    expect(run.exitCode).toBe(65);
    expect(run.stderr).toMatch(/broken\.yaml:\d+:\d+/);
    expect(run.stderr).toContain("VK1305");
    expect(writesOf(0)).toEqual([]);
  });

  it("on a terminal is asked for once, after the target is shown; no means no", async () => {
    const run = await onFakesInTerminal(scene, ["bootstrap", ...cluster], {
      typeLater: { after: "Write to context eks-prod", keys: "n\r" },
    });
    expect(run.exitCode).toBe(130);
    expect(run.stdout.indexOf("API server")).toBeLessThan(run.stdout.indexOf("Write to context"));
    expect(writesOf(0)).toEqual([]);
  });
});

describe("bootstrap", () => {
  it("takes it to the end without asking, and says what to type next", async () => {
    const args = ["bootstrap", ...cluster, "--secret", "db"];
    const run = await onFakes(scene, args);
    expect(run.exitCode, run.stderr).toBe(0);
    golden("runs/bootstrap.txt", show(args, run));
  });

  it("at a terminal ends with the line that keeps settings which no file holds", async () => {
    const { stdout } = await onFakesInTerminal(scene, ["bootstrap", ...cluster, "--secret", "db", "--yes"]);
    expect(stdout.trimEnd().split(/\r?\n/).at(-1)).toBe("vault-k8s config save --cluster eks-prod --secret db");
  });

  it("run again changes nothing, and writes nothing", async () => {
    const mark = scene.line.journal.length;
    const args = ["bootstrap", ...cluster, "--secret", "db", "-o", "json"];
    const run = await onFakes(scene, args);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toMatchObject({ kind: "Run", changed: 0, exitCode: 0 });
    expect(writesOf(mark)).toEqual([]);
    golden("runs/again.json", steady(scene, run.stdout));
  });

  it("with -q says only what to type next", async () => {
    const { stderr, stdout } = await onFakes(scene, ["bootstrap", ...cluster, "-q"]);
    expect(stderr).toBe("");
    expect(stdout).toContain("vault status\n");
  });
});

describe("secrets", () => {
  const verify = ["verify", ...cluster, "--secret", "db"];

  it("a missing one is no failure of the wiring: verify ends with 2", async () => {
    const run = await onFakes(scene, verify);
    expect(run.exitCode, run.stderr).toBe(2);
    golden("runs/verify-missing.txt", show(verify, run));
  });

  it.each([
    ["lines", `password=${planted.password}\n`, "created"],
    ["the same as JSON", JSON.stringify({ password: planted.password }), "unchanged"],
  ])("are put from standard input, as %s", async (_, input, result) => {
    const run = await onFakes(scene, ["secret", "put", "db", ...cluster, "-"], { input });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain(`vault kv/data/k8s/eks-prod/db ${result}`);
  });

  it("are put from files", async () => {
    await writeFile(join(scene.folder, "value"), "a\nb\n");
    await writeFile(join(scene.folder, "values.json"), JSON.stringify({ port: 5432 }));
    const run = await onFakes(scene, [
      "secret",
      "put",
      "files",
      ...cluster,
      "--from-file",
      "cert=value",
      "--from-json",
      "values.json",
      "-v",
    ]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/port: fingerprint \w+\s+cert: fingerprint \w+/);
    expect(scene.vault.storage.mounts.get("kv/")?.secrets.get("k8s/eks-prod/files")?.at(-1)?.data).toEqual({ cert: "a\nb\n", port: 5432 });
  });

  it("are asked for on a terminal without being shown", async () => {
    const run = await onFakesInTerminal(scene, ["secret", "put", "typed", "password", ...cluster], {
      typeLater: { after: "password:", keys: `${planted.password}\r` },
    });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(scene.vault.storage.mounts.get("kv/")?.secrets.get("k8s/eks-prod/typed")?.at(-1)?.data).toEqual({ password: planted.password });
  });

  it("a missing one is named with a command that works as it is, wherever Vault was said to be", async () => {
    const file = join(scene.folder, "token");
    await writeFile(file, scene.vault.storage.issue({ displayName: "admin", policies: ["root"], path: "auth/token/create-orphan" }).id);
    const where = ["--vault-addr", scene.vault.url, "--vault-token-file", file];
    const told = await onFakes(scene, ["verify", ...cluster, ...where, "--secret", "other=team/other"]);
    expect(told.exitCode, told.stderr).toBe(2);
    const [, line = ""] = /^ +vault-k8s (secret put team\/other .*)$/m.exec(told.stderr) ?? [];
    expect(line).toContain(where.join(" "));
    const put = await onFakes(scene, [...line.split(" "), "-"], { input: "user=app\n" });
    expect(put.exitCode, put.stderr).toBe(0);
    expect(put.stderr).toContain(`Vault    ${scene.vault.url}`);
    expect(scene.vault.storage.mounts.get("kv/")?.secrets.get("k8s/eks-prod/team/other")?.at(-1)?.data).toEqual({ user: "app" });
  });

  it("are not replaced against --cas", async () => {
    const args = ["secret", "put", "db", ...cluster, "--cas", "0", "-"];
    const run = await onFakes(scene, args, { input: "password=another\n" });
    expect(run.exitCode).toBe(1);
    golden("runs/cas.txt", show(args, run));
  });

  it("are seen in the cluster: verify ends with 0", async () => {
    const run = await onFakes(scene, verify);
    expect(run.exitCode, run.stderr).toBe(0);
  });
});

describe("status", () => {
  it("names what differs, and ends with 2", async () => {
    const run = await onFakes(scene, ["status", ...cluster, "--token-ttl", "2h"]);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toMatch(/\+ role +differs: .*token_ttl/);
  });

  it("shows all clusters of the file, and one that cannot be asked does not hide the others", async () => {
    await writeFile(join(scene.folder, "two.yaml"), "clusters:\n  eks-prod: {}\n  gone:\n    context: nowhere\n");
    const run = await onFakes(scene, ["status", "-f", "two.yaml"]);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain("Cluster eks-prod");
    expect(run.stdout).toMatch(/Cluster gone\n +✗ .*nowhere.*VK1102/);
  });
});

describe("adopt", () => {
  it("prints the file that keeps the settings which follow, and nothing else there", async () => {
    const run = await onFakes(scene, ["adopt", ...cluster, "--yes"]);
    expect([run.exitCode, run.stdout], run.stderr).toEqual([
      0,
      expect.stringMatching(/^vault:\n {2}insecureNoTls: true\n[^]*\ncluster: eks-prod\n[^]*\nsecrets:\n {2}- db\n$/) as string,
    ]);
  });
});

describe("what differs", () => {
  it("is shown as a diff, and the commands that do the same on standard output", async () => {
    const args = ["policy", ...cluster, "--kv-prefix", "team", "--dry-run", "--print-commands"];
    const run = await onFakes(scene, args);
    expect(run.exitCode, run.stderr).toBe(0);
    golden("runs/policy-differs.txt", show(args, run));
  });
});

describe("a failure in the middle", () => {
  it("with -o json is one document that holds what was done before", async () => {
    const run = await onFakes(scene, ["policy", ...cluster, "-o", "json"], { env: { VAULT_TOKEN: "hvs.CAESIwrongwrongwrongwrong" } });
    expect(run.exitCode).toBe(77);
    expect(JSON.parse(run.stdout)).toMatchObject({
      kind: "Error",
      code: "VK1204",
      exitCode: 77,
      run: { command: "policy", target: { context: "eks-prod" } },
    });
  });

  it("an interrupt ends with 130, in words", async () => {
    scene.line.break(({ method, path }) => (isWrite(method, path) && path.includes("sys/policies") ? hang : undefined));
    let sent = false;
    const run = await onFakes(scene, ["policy", ...cluster, "--policy-name", "k8s-another", "-v"], {
      onStderr: (text, kill) => {
        if (sent || !text.includes("POST") || !text.includes("sys/policies")) return;
        sent = true;
        kill("SIGINT");
      },
    });
    scene.line.mend();
    expect(run.stderr).toContain("Interrupted");
    expect(run.exitCode, run.stderr).toBe(130);
  });
});
