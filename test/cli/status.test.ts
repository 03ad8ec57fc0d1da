import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "parse5";
import { stringify } from "yaml";
import { Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { cutBefore, hang, vaultError } from "../fakes/wire/faults.ts";
import { statusDocument } from "../../src/run/status/schema.ts";
import { key } from "./conversation.ts";
import { onFakes, steady, talkOnFakes } from "./on-fakes.ts";
import { golden, transcript, type Ran } from "./product.ts";

// Two clusters that are wired to one Vault. Status changes nothing, so the tests do not rest on each other.
let scene: Scene;
const file = (name: string): string => join(scene.folder, name);
const wired = ["--cluster", "eks-prod", "--secret", "db"];

beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
  await writeFile(
    file("vault-k8s.yaml"),
    stringify({
      vault: { expose: "LoadBalancer", insecureNoTls: true },
      clusters: { "eks-staging": { vault: { context: "eks-prod" }, auth: { kubernetesHost: scene.staging.url } } },
    }),
  );
  for (const args of [wired, ["--cluster", "eks-staging"]]) {
    const run = await onFakes(scene, ["bootstrap", ...args]);
    expect(run.exitCode, run.stderr).toBe(0);
  }
  scene.put("k8s/eks-prod/db", { username: "somebody" });
  expect((await onFakes(scene, ["verify", ...wired])).exitCode).toBe(0);
}, 120_000);
afterAll(() => scene.close());

/** Runs status, which must write nothing. */
async function status(args: readonly string[], options: Parameters<typeof onFakes>[2] = {}): Promise<Ran> {
  const mark = scene.line.journal.length;
  const run = await onFakes(scene, ["status", ...args], options);
  expect(scene.line.asked(mark).filter(({ method, path }) => isWrite(method, path))).toEqual([]);
  return run;
}

/** Without times, and what follows from them. */
const timeless = (text: string): string =>
  steady(scene, text)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/("ageSeconds"|"caDaysLeft"|"secondsLeft"): \d+/g, "$1: 0")
    .replace(/ends \d{4}-\d\d-\d\d, in \w+/g, "ends DAY, in 32d")
    .replace(/\b\d+[smh](\d+[sm])? (ago|old) */g, "NOW $2  ")
    .replace(/CA \d+ days/g, "CA 99 days")
    .replace(/all \d+ +ok/, "all ok")
    .replace(/ +$/gm, "");

describe("one cluster", () => {
  it.each([
    ["status.txt", []],
    ["status-wide.txt", ["-o", "wide"]],
  ])("is one screen (%s)", async (name, more) => {
    const args = [...wired, ...more];
    const run = await status(args);
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.stderr).toBe("");
    golden(`runs/${name}`, timeless(transcript(["status", ...args], run)));
  });

  it("is a document that its schema describes", async () => {
    const run = await status([...wired, "-o", "json"]);
    expect(run.exitCode, run.stdout).toBe(0);
    statusDocument.parse(JSON.parse(run.stdout));
    golden("runs/status.json", timeless(run.stdout));
  });

  it("says what is not well, and ends with 2: a sealed node, a store that does not log in, a secret that does not arrive", async () => {
    const putBack = await scene.save();
    scene.vault.nodes[2]!.restart();
    const store = scene.prod.objects.get("clustersecretstores.external-secrets.io", undefined, "vault")!;
    const unready = { conditions: [{ type: "Ready", status: "False", reason: "InvalidProviderConfig", message: "unable to log in" }] };
    scene.prod.objects.put("clustersecretstores.external-secrets.io", { ...store, status: unready });
    const run = await status([...wired]);
    await putBack();
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toMatch(/✗ vault-2 +sealed/);
    expect(run.stdout).toMatch(/raft +3 of 3 peers vote +not healthy +0 may fail/);
  });

  it("with a token that may not look at the storage says so, and shows the rest", async () => {
    scene.line.break(({ path }) =>
      path.includes("/autopilot/") ? vaultError(403, "1 error occurred:\n\t* permission denied\n\n") : undefined,
    );
    const run = await status([...wired]);
    scene.line.mend();
    expect(run.stdout).toMatch(/Not known:\n +… raft health +.*VK1203/);
    expect(run.stdout).toMatch(/raft +3 of 3 peers vote/);
    expect(run.exitCode, run.stdout).toBe(0);
  });
});

describe("several clusters", () => {
  it("are those that --cluster names, in that order; one that cannot be asked hides no other", async () => {
    const run = await status(["--cluster", "eks-prod", "--cluster", "nowhere"]);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toMatch(/^Cluster eks-prod[^]*Cluster nowhere\n +✗ .*VK1006/);
  });

  it("one whose API server does not answer is shown from Vault's side", async () => {
    scene.line.break(({ server, path }) => (server === "kube eks-staging" && path.startsWith("/api") ? cutBefore : undefined));
    const run = await status(["--all"]);
    scene.line.mend();
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toMatch(/Cluster eks-staging, context eks-staging\n +✗ .*VK1103[^]*Login: auth\/k8s-eks-staging/);
    expect(run.stdout).toMatch(/Cluster eks-prod, context eks-prod\nVault/);
  });

  it("are without a word those of the file", async () => {
    const run = await status([]);
    expect(run.stdout).toMatch(/^Cluster eks-staging, context eks-staging\nVault: pod vault\/vault-0 of context eks-prod/);
    expect(run.exitCode, run.stdout).toBe(0);
  });

  it("are with --all also those that Vault knows by our mark, each with the Vault that it uses", async () => {
    const run = await status(["--all", "-o", "json"]);
    const { clusters } = statusDocument.parse(JSON.parse(run.stdout));
    expect(clusters.map(({ cluster, context, logins }) => [cluster, context, logins[0]?.ownedBy])).toEqual([
      ["eks-staging", "eks-staging", "this cluster"],
      ["eks-prod", "eks-prod", "this cluster"],
    ]);
    expect(run.exitCode, run.stdout).toBe(0);
  });

  it("cannot be said for a command that is about one", async () => {
    const run = await onFakes(scene, ["policy", "--cluster", "eks-prod", "--cluster", "eks-staging"]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining("--cluster names eks-prod and eks-staging") as string]);
  });

  it("and --all exclude each other", async () => {
    expect((await status(["--all", "--cluster", "eks-prod"])).exitCode).toBe(64);
  });
});

describe("Vault by its address", () => {
  const bare = { cwd: "/" };

  it("is shown without a cluster and without a token", async () => {
    const run = await status(
      scene.vault.nodes.flatMap(({ url }) => ["--vault-node", url]),
      bare,
    );
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout.match(/active|standby/g)?.sort()).toEqual(["active", "standby", "standby"]);
    expect(run.stdout).not.toContain("Not known");
  });

  it("with a token shows the storage and the logins of every cluster that it knows", async () => {
    const token = [...scene.vault.storage.tokens.keys()].find((id) =>
      scene.vault.storage.tokens.get(id)?.policies.includes("vault-k8s-admin"),
    )!;
    const run = await status(["--vault-addr", scene.vault.nodes[0]!.url], { ...bare, env: { VAULT_TOKEN: token } });
    expect(run.stdout).toMatch(/Logins:\n +✔ auth\/k8s-eks-prod mount[^]*auth\/k8s-eks-staging config/);
    expect(run.stdout).toMatch(/raft +3 of 3 peers vote/);
    expect(run.exitCode, run.stdout).toBe(0);
  });
});

describe("a page", () => {
  it("is written for its owner, and says the same", async () => {
    const run = await status([...wired, "--html", "page.html"]);
    expect(run.exitCode, run.stderr).toBe(0);
    const page = await readFile(file("page.html"), "utf8");
    expect(JSON.stringify(parse(page), (key, value: unknown) => (key === "parentNode" ? undefined : value))).toContain("Cluster eks-prod");
    expect((await stat(file("page.html"))).mode & 0o777).toBe(0o600);
  });

  it("that cannot be written is an error with its own words", async () => {
    const run = await status([...wired, "--html", "/proc/nowhere/page.html"]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining("--html") as string]);
  });
});

describe("watching", () => {
  it("on a pipe tells the whole once, then each change in a line, until it is interrupted; a hang-up, as at a logout under nohup, is no interrupt", async () => {
    const putBack = await scene.save();
    const list = file("watched");
    await writeFile(list, "");
    const run = await onFakes(scene, ["status", ...wired, "--watch", "--every", "500ms"], {
      onStdout: (text, kill) => {
        if (text.includes("Steps:") && !scene.vault.nodes[2]!.sealed) {
          kill("SIGHUP");
          scene.vault.nodes[2]!.restart();
        }
        if (text.includes("vault-2: standby")) kill("SIGINT");
      },
    });
    await putBack();
    expect(run.exitCode, run.stderr).toBe(130);
    expect(run.stdout).toMatch(/^Cluster eks-prod[^]*\n\d{4}-\S+Z eks-prod, Vault, vault-2: standby.* -> sealed/);
    expect(run.stdout.match(/^Cluster/gm)).toHaveLength(1);
  });

  it("on a terminal draws over what was there, and Ctrl-C leaves the terminal as it was, with the last screen on it", async () => {
    const drawn = ["Ctrl-C ends it", ""] as const;
    const { exitCode, raw } = await talkOnFakes(
      scene,
      ["status", ...wired, "--watch", "--every", "500ms"],
      [drawn, ["Ctrl-C ends it", key.interrupt]],
    );
    expect(exitCode).toBe(130);
    const [, ...screens] = raw.split("\u001b[H\u001b[2J");
    expect(screens.length).toBeGreaterThan(1);
    for (const screen of screens) expect(stripVTControlCharacters(screen)).toMatch(/^Cluster eks-prod[^]*Ctrl-C ends it\r\n/);
  });

  it("is interrupted also while it waits for an answer", async () => {
    let looks = 0;
    scene.line.break(({ path }) => (path.endsWith("/raft/configuration") && ++looks > 1 ? hang : undefined));
    const args = ["status", ...wired, "--watch", "--every", "500ms", "-v"];
    const { exitCode, text } = await talkOnFakes(scene, args, [[/Ctrl-C ends it[^]*\/raft\/configuration/, key.interrupt]]);
    scene.line.mend();
    expect([exitCode, text]).toEqual([130, expect.stringContaining("Interrupted")]);
  });

  it("takes no interval that would do harm", async () => {
    const run = await status([...wired, "--watch", "--every", "1ms"]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining("--every") as string]);
  });
});
